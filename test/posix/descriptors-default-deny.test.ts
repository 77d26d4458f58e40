import { expect } from 'chai';
import { fdRun } from '../support/launchers.js';
import { runProgram } from '../support/program.js';

/** Numbers 20 to 79 are inheritable, but for those that a test closes. */
const launcher = fdRun('20-79');
const always = { FORKLESS_FLAT: 'always' };

describe('with all but what was named closed', () => {
  for (const [title, env] of [
    ['in a table of its own', { FORKLESS_FLAT: 'never' }],
    ['in the flat mode', { FORKLESS_FLAT: 'always' }],
  ] as [string, Record<string, string>][]) {
    it(`no inheritable neighbour of the report pipe reaches the child, ${title}`, async () => {
      const result = await run('neighbours', { env });
      expect(result).to.deep.equal([]);
    });

    it(`inheritable sources of standard descriptors reach it under those numbers only, ${title}`, async () => {
      const result = await run('sources', { env });
      expect(result).to.deep.equal([0, [0, 1, 2], [0, 1, 2], [0, 1, 2, 3]]);
    });
  }
});

// What the flat mode asks first: where the answer is missing, a start is plain.
describe('with all but what was named closed, where a filter refuses', () => {
  for (const call of ['statx', 'memfd_create', 'getppid', 'ppoll'])
    for (const error of ['ENOSYS', 'EPERM'])
      it(`${call}, by ${error}: starts are as right as before`, async () => {
        const result = await run('threeTimes', { env: always, rules: `${call}=${error}` });
        expect(result).to.deep.equal(Array(3).fill([0, 1, 2]));
      });
});

describe('with all but what was named closed, where a filter refuses prlimit64', () => {
  for (const error of ['ENOSYS', 'EPERM'])
    it(`by ${error}: starts are as right as before`, async () => {
      const result = await run('listedThreeTimes', { env: always, rules: `prlimit64=${error}` });
      expect(result).to.deep.equal(Array(3).fill('0\n1\n2\n3\n'));
    });
});

describe('the report pipe', () => {
  // Above the limit it cannot go: so it moves when a step wants its number, to the lowest that is free.
  it('is no source of a dup2, not even on the number that it has just moved to', async () => {
    const result = await runProgram(
      import.meta.url,
      'default-deny',
      { scenario: 'movedReportPipe' },
      { env: { FORKLESS_FLAT: 'never' } },
    );
    expect(result).to.deep.equal([['EBADF', 'dup2', true], 0]);
  });
});

describe('a child of the drop-in whose ids change', () => {
  before(function () {
    if (process.getuid?.() !== 0) this.skip();
  });

  it('leaves the memory of its parent by a runner, or has a copy of it from the start', async () => {
    const rungs = (runner: string | undefined) =>
      runProgram(import.meta.url, 'ids-rungs', undefined, { env: { FORKLESS_RUNNER: runner } });
    expect(await rungs(undefined)).to.deep.equal(Array(5).fill([2, 0, 0, 0]));
    expect(await rungs('never')).to.deep.equal(Array(5).fill([0, 0, 0, 2]));
  });
});

function run(
  scenario: string,
  { env, rules = '' }: { env: Record<string, string>; rules?: string },
): Promise<unknown> {
  return runProgram(import.meta.url, 'default-deny', { scenario, rules }, { launcher, env });
}
