import { expect } from 'chai';
import { runProgram } from '../support/program.js';
import { needLinux } from './flat-crowd.js';

type Outcomes = Record<string, string>;

describe('a flat start of a process whose 0, 1 and 2 are closed', () => {
  let flat: { outcomes: Outcomes; flat: number; starts: number };
  let plain: typeof flat;

  before(async function () {
    needLinux(this, 5, 9);
    [flat, plain] = await Promise.all([run('always'), run('never')]);
  });

  it('is made of each plan, but for those that name a closed descriptor', () => {
    expect(flat.flat).to.be.within(flat.starts / 3, flat.starts);
    expect(plain.flat).to.equal(0);
    expect(plain.starts).to.equal(flat.starts);
  });

  it('gives the program what a plain one gives, never the engine’s own descriptors, which stand there', () => {
    expect(flat.outcomes).to.deep.equal(plain.outcomes);
  });

  it('gives the program what was named', () => {
    expect(flat.outcomes).to.deep.include({
      nothing: '',
      'closed ones': '',
      'from above': '0 /dev/zero,1 /dev/full,2 /dev/zero',
      opened: '0 /dev/null,1 /dev/zero,2 /dev/full',
      '0 inherited': 'EBADF at inherit 0',
      '1 inherited': 'EBADF at inherit 1',
      '2 inherited': 'EBADF at inherit 2',
      '0 copied': 'EBADF at dup2 0',
      '1 copied': 'EBADF at dup2 1',
      '2 copied': 'EBADF at dup2 2',
      'no program': 'ENOENT at execve ',
    });
  });
});

function run(mode: string): Promise<{ outcomes: Outcomes; flat: number; starts: number }> {
  return runProgram(import.meta.url, 'flat-standard', {}, { env: { FORKLESS_FLAT: mode } });
}
