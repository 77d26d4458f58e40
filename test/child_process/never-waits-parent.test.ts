import { expect } from 'chai';
import { describeValue } from './describe-value.js';
import { certain, runGated, skipWithout } from './never-waits.js';
import { nodes, ours } from './oracle.js';

const held = { ...certain, GATE: 'held' };
const runs = [
  ['as fast as it is', certain, 'exec'],
  ['held before exec', held, 'exec'],
  ['held in the shared descriptor table', { ...held, FORKLESS_FLAT: 'always' }, 'table'],
] as const;

const canReplace = 'execve' in process;

// A child whose caller has been told that it runs does run, whatever becomes of the caller.
describe('a child that was not waited for lives on, after', () => {
  before(function () {
    skipWithout(this);
  });
  for (const [way, wanted] of [
    ['process.exit', { code: 3 }],
    ['process.reallyExit', { code: 4 }],
    ['process.exit in a listener of exit', { code: 5 }],
    ['a throw', { code: 1 }],
    ['a rejection', { code: 1 }],
    ['process.abort', { signal: 'SIGABRT' }],
    ['SIGKILL', { signal: 'SIGKILL' }],
    ['SIGTERM', { signal: 'SIGTERM' }],
    ['SIGSEGV', { signal: 'SIGSEGV' }],
    ['the child is unref’d', { code: 0 }],
    ['a Worker that is terminated', { code: 0 }],
    ['a Worker that exits', { code: 0 }],
    ['a Worker that throws', { code: 0 }],
    ['a Worker that ends', { code: 0 }],
    ...(canReplace ? ([['process.execve', { code: 0 }]] as const) : []),
  ] as const)
    it(way, async () => {
      const results = await Promise.all([
        runGated(nodes, 'never-waits-parent', {}, { parameters: { way, point: 'exec' } }),
        ...runs.map(([, env, point]) =>
          runGated(ours, 'never-waits-parent', env, { parameters: { way, point } }),
        ),
      ]);
      // A Worker and a child end side by side.
      const [expected, ...others] = results.map(({ stdout, stderr, ...result }) => ({
        ...result,
        // Addresses of this run, which Node shows when it aborts.
        stderr: way === 'process.abort' ? '' : stderr,
        stdout: stdout.split('\n').sort().join('\n'),
      }));
      for (const [at, result] of others.entries())
        expect(describeValue(result), `ours ${runs[at]?.[0]} is not as Node’s`).to.deep.equal(expected);
      expect(expected).to.include(wanted);
      expect(expected?.stdout).to.match(/^the child ran$/m);
    });
});
