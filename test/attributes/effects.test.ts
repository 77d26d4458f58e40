import { expect } from 'chai';
import { uidRun } from '../support/launchers.js';
import type { ProgramOptions } from '../support/program.js';
import { runProgram } from '../support/program.js';
import type { Verdict } from './effects.js';
import { effects } from './effects.js';

const USER = 4242;

interface Way {
  readonly title: string;
  readonly worker?: true;
  readonly options?: ProgramOptions;
}

const ways: readonly Way[] = [
  { title: 'of the main thread' },
  { title: 'of a Worker', worker: true },
  ...[1, 2, 3, 4].map((rung) => ({
    title: `on rung ${rung}`,
    options: { env: { FORKLESS_RUNG: `${rung}` } },
  })),
  { title: 'of an ordinary user', options: { launcher: uidRun(USER, USER) } },
];

describe('what the program gets of its attributes, and how the kernel refuses them', function () {
  this.timeout(120_000);

  for (const { title, worker = false, options } of ways)
    it(`by every door ${title}`, async function () {
      if (title.includes('user') && process.getuid?.() !== 0) return this.skip(); // nobody else can become one
      const verdict = await runProgram<Verdict>(import.meta.url, 'effects', { worker }, options);
      expect(verdict.wrong).to.deep.equal({});
      expect(verdict.starts + 4 * verdict.skipped.length).to.equal(4 * effects.length);
      if (verdict.skipped.length > 0)
        console.log(`      no NUMA here: not shown: ${verdict.skipped.join('; ')}`);
    });
});
