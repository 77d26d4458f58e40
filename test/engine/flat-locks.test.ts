import { expect } from 'chai';
import { fdRun } from '../support/launchers.js';
import { runProgram } from '../support/program.js';
import { needLinux, SLOTS } from './flat-crowd.js';

const STARTS = 1000;

interface Kept {
  flat: Record<string, number>;
  codes: number[];
  locks: [before: string[], after: string[]];
  sets: [before: string[], after: string[]];
  accepted: boolean;
}

describe(`${STARTS} flat starts`, () => {
  let kept: Kept;

  before(async function () {
    needLinux(this, 5, 9);
    // 20 to 23 are below the reserve: a regular file that stands there may be a source of a flat start.
    const options = { env: { FORKLESS_FLAT: 'always' }, launcher: fdRun('20-23') };
    kept = await runProgram<Kept>(import.meta.url, 'flat-locks', { starts: STARTS }, options);
  });

  it('run with locked files as their sources, or plain where that could end a lock', () => {
    expect(kept.codes).to.deep.equal([0]);
    expect(kept.flat).to.deep.equal({ regular: STARTS / 2, sockets: STARTS / 2, locked: 0 });
  });

  it('leave every record lock, lock of an open file and flock as it was', () => {
    const [before, after] = kept.locks;
    expect(before).to.have.length(8);
    expect(after).to.deep.equal(before);
  });

  it('leave every epoll set as it was, and the sockets in it working', () => {
    const [before, after] = kept.sets;
    expect(before.length).to.be.greaterThan(3);
    expect(after).to.deep.equal(before);
    expect(kept.accepted).to.equal(true);
  });
});

describe('a record lock', () => {
  before(function () {
    needLinux(this, 5, 9);
  });

  it('that is taken on a file while a start borrows a slot for it stays: the number of the reserve is given up', async () => {
    const env = { FORKLESS_FLAT: 'always' };
    const result = await runProgram(import.meta.url, 'flat-late-lock', {}, { env });
    expect(result).to.deep.equal({
      borrowed: SLOTS - 2,
      codes: Array(7).fill(0),
      flat: 5,
      reserve: SLOTS - 1,
      locked: true,
    });
  });
});
