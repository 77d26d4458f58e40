import { expect } from 'chai';
import { runProgram } from '../support/program.js';
import { slowness } from '../support/slowness.js';
import { needLinux } from './flat-crowd.js';

const WORKERS = 8;
const STARTS = 400;
const WRITERS = 8;
const ROUNDS = 100;

const ways = { plain: 'never', flat: 'always' } as const;

describe('a pipe that is made while 8 Workers start programs that live on', () => {
  before(function () {
    needLinux(this, 5, 9);
  });

  for (const [way, mode] of Object.entries(ways))
    it(`ends when its writer is closed, with ${way} starts`, async () => {
      const { waits, flat, started, wrong } = await runProgram<Neighbours>(
        import.meta.url,
        'flat-neighbours',
        { workers: WORKERS, starts: STARTS },
        { env: { FORKLESS_FLAT: mode } },
      );
      const sorted = waits.sort((a, b) => a - b);
      const late = sorted.filter((wait) => wait > 1).length;
      console.log(
        `      ${way}: the longest of ${sorted.length} took ${sorted.at(-1)?.toFixed(1)} ms, ${late} over 1 ms; ${started} starts, ${flat} flat`,
      );
      expect(wrong).to.equal(0);
      if (way === 'flat') expect(flat).to.be.greaterThan(started / 2);
      else expect(flat).to.equal(0);
      // A child that had kept the writer would have kept it until it was killed.
      expect(sorted.at(-1)).to.be.lessThan(1000 * slowness);
    });
});

interface Neighbours {
  waits: number[];
  wrong: number;
  flat: number;
  started: number;
}

describe('a descriptor that is not close-on-exec', () => {
  before(function () {
    needLinux(this, 5, 9);
  });

  it('is not open in a flat child, wherever it stands: high, above the limit of descriptors, or in a hole', async () => {
    const { tables, flat } = await runProgram<{ tables: string[][]; flat: number }>(
      import.meta.url,
      'flat-inheritable',
      {},
      { env: { FORKLESS_FLAT: 'always' } },
    );
    const named = ['0 /dev/full', '1 /dev/full'];
    expect(tables).to.deep.equal([[], named, [], named]);
    expect(flat).to.equal(4);
  });
});

describe('ETXTBSY of flat starts', () => {
  before(function () {
    needLinux(this, 5, 9);
  });

  it('is reported as such when the program is open for writing', async function () {
    const { errors, code, flat } = await runProgram<{ errors: unknown[]; code: number; flat: number }>(
      import.meta.url,
      'flat-busy-text',
      {},
      { env: { FORKLESS_FLAT: 'always' } },
    );
    expect({ code, flat }).to.deep.equal({ code: 0, flat: 3 });
    if (errors.length === 0) {
      console.error('SKIPPED: this kernel runs programs that are open for writing (6.11 and 6.12 do)');
      this.skip();
    }
    const busy = { code: 'ETXTBSY', errno: -26, syscall: 'execve', step: 'execve' };
    expect(errors).to.deep.equal([busy, busy]);
  });

  // A neighbour's child has the file open until its own sweep: how often depends on the machine, so it is only shown.
  it(`is the only error where ${WRITERS} Workers write programs and start them`, async () => {
    const figures: string[] = [];
    for (const [way, mode, cloexecDefault] of [
      ['plain', 'never', false],
      ['plain with the sweep', 'never', true],
      ['flat', 'always', true],
    ] as const) {
      const { counts, flat } = await runProgram<{ counts: Record<string, number>; flat: number }>(
        import.meta.url,
        'flat-writers',
        { writers: WRITERS, rounds: ROUNDS, cloexecDefault },
        { env: { FORKLESS_FLAT: mode } },
      );
      const rounds = WRITERS * ROUNDS;
      const busy = counts['ETXTBSY at execve'] ?? 0;
      figures.push(`${way} ${busy}`);
      expect((counts['exit code 0'] ?? 0) + busy, JSON.stringify(counts)).to.equal(rounds);
      if (way === 'flat') expect(flat).to.be.greaterThan(rounds / 2);
      else expect(flat).to.equal(0);
    }
    console.log(`      ETXTBSY in ${WRITERS * ROUNDS} rounds: ${figures.join(', ')}`);
  });
});
