import { expect } from 'chai';
import { seccompRun } from '../support/launchers.js';
import { type ProgramOptions, runProgram, runProgramToEnd } from '../support/program.js';

// A filter that comes after the program has begun, and knows a call that the engine makes once the child exists.
describe('the verdict and the end are known where a filter refuses', () => {
  const all = {
    ended: [7, 7],
    killed: ['SIGTERM'],
    failed: ['ENOENT', 'ENOENT'],
    collected: [5, 'out', 'ETIMEDOUT'],
  };
  const rules: [rules: string, expected: object][] = [
    ['ppoll=EPERM', all],
    ['ppoll=ENOSYS', all],
    ['waitid=EPERM', all],
    ['waitid=ENOSYS', all],
    ['waitid=EPERM ppoll=EPERM', all],
    ['timerfd_create=EPERM', all],
    ['timerfd_settime=EPERM', all],
  ];
  for (const [refused, expected] of rules)
    it(refused.replaceAll('=', ': '), async () => {
      const seen = await runRefused<{ left: number }>('ends', refused);
      const { left, ...outcomes } = seen;
      expect(outcomes).to.deep.equal(expected);
      expect(left, 'zombies').to.equal(0);
    });
});

it('nothing is started where a filter refuses both waits: nobody could reap it', async () => {
  const seen = await runRefused('bothWaitsRefused', 'waitid=EPERM wait4=EPERM');
  expect(seen).to.deep.equal(['EPERM', 'verdict', 'EPERM', 0]);
});

// On a start that cannot be told of: an error, and nothing is left of it.
it('a start is an error at step watch where a filter refuses to let its end be watched', async () => {
  const { stdout } = await runProgramToEnd(import.meta.url, 'verdict-unwatched');
  expect(JSON.parse(stdout)).to.deep.equal({ code: 'EPERM', step: 'watch', left: 0, descriptors: 0 });
});

// The watcher's timer is made anew where other code has closed it, not where a filter forbids to set it.
describe('a timer that cannot be set', () => {
  for (const error of ['EPERM', 'ENOSYS'])
    for (const moment of ['launch', 'later'])
      it(`leaves no descriptor behind with each start: ${error}, ${moment}`, async () => {
        const rule = `timerfd_settime=${error}`;
        const grown =
          moment === 'launch'
            ? await runRefused<number>('oneByOne', null, { launcher: seccompRun(rule) })
            : await runRefused<number>('oneByOne', rule);
        expect(grown).to.equal(moment === 'launch' ? 0 : -1);
      });
});

function runRefused<T>(scenario: string, rules: string | null, options: ProgramOptions = {}): Promise<T> {
  return runProgram<T>(import.meta.url, 'verdict-refused', { scenario, rules }, options);
}
