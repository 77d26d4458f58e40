import { expect } from 'chai';
import { fdRun } from '../support/launchers.js';
import type { ProgramOptions } from '../support/program.js';
import { runProgram } from '../support/program.js';

const environments: readonly (readonly [title: string, options: ProgramOptions, worker?: boolean])[] = [
  ['on the main thread', {}],
  ['in a Worker', {}, true],
  ...[2, 3, 4].map((rung) => [`on rung ${rung}`, { env: { FORKLESS_RUNG: `${rung}` } }] as const),
  ['by a copy of the runner', { env: { FORKLESS_RUNNER: 'memfd' } }],
  ['without a runner', { env: { FORKLESS_RUNNER: 'never' } }],
  ['flat, with many descriptors', { env: { FORKLESS_FLAT: 'always' }, launcher: fdRun('30-700') }],
  ['in a Worker, flat', { env: { FORKLESS_FLAT: 'always', FORKLESS_CERTAIN: 'always' } }, true],
];

describe('attributes together', function () {
  this.timeout(120_000);
  before(function () {
    if (process.getuid?.() !== 0) this.skip();
  });

  for (const [title, options, worker = false] of environments)
    it(title, async () => {
      const seen = await runProgram(import.meta.url, 'combinations', { worker }, options);
      expect(seen).to.deep.equal({ wrong: {}, starts: 48, grown: 0, left: 0 });
    });
});
