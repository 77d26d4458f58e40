import { expect } from 'chai';
import { runProgram } from '../support/program.js';
import { needLinux, SLOTS } from './flat-crowd.js';

const WORKERS = 6;
const STARTS = 120;

describe('Workers that make flat starts', () => {
  before(function () {
    needLinux(this, 5, 9);
  });

  it('at the same time each get what they asked for', async () => {
    const { wrong, flat = 0, reserve } = await run<Record<string, number>>('atTheSameTime');
    // Where the reserve is borrowed, a start is plain.
    expect(flat).to.be.greaterThan(WORKERS * STARTS);
    expect(flat).to.be.at.most(2 * WORKERS * STARTS + 2);
    expect({ wrong, reserve }).to.deep.equal({ wrong: 0, reserve: SLOTS });
  });

  it('that are terminated meanwhile leave no descriptor, no process, and the reserve whole', async () => {
    const { flat, reserve, after } = await run<Record<string, number>>('terminated');
    expect(flat).to.be.greaterThan(50);
    expect({ reserve, after }).to.deep.equal({ reserve: SLOTS, after: 1 });
  });

  it('that are terminated while a start has not left the table give back what it was borrowed', async () => {
    const result = await run('terminatedWhileHeld');
    expect(result).to.deep.equal({ borrowed: [9, 9, 9], reserve: SLOTS, after: 1 });
  });
});

function run<T = unknown>(scenario: string): Promise<T> {
  return runProgram<T>(
    import.meta.url,
    'flat-workers',
    { scenario, workers: WORKERS, starts: STARTS },
    { env: { FORKLESS_FLAT: 'always' }, deadlineMs: 20_000 },
  );
}
