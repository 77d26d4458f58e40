import { constants } from 'node:os';
import { expect } from 'chai';
import { describeScenarios, ran } from './never-waits.js';

const harmless = ['SIGCHLD', 'SIGCONT', 'SIGURG', 'SIGWINCH', 'SIGSTOP', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU'];
const names = new Map<number, string>();
for (const [name, number] of Object.entries(constants.signals))
  if (number > 0 && number < 32 && !names.has(number)) names.set(number, name);

const events = (end: string) => ['spawn', `exit ${end}`, `close ${end}`];

/** By `kill` or by the number; one that stops has been continued. */
function sent(signal: string, said: boolean, killed: boolean) {
  const wanted = { said, killed, events: events(harmless.includes(signal) ? '0 null' : `null ${signal}`) };
  return (told: unknown) => expect(told).to.deep.equal(wanted);
}

describe('a start that does not wait, when right after it', () => {
  const each = (title: string, killed: boolean) =>
    Object.fromEntries([...names].map(([number, name]) => [`${title} ${number}`, sent(name, true, killed)]));
  describeScenarios('never-waits-signals', {
    ...each('kill', true),
    ...each('process.kill', false),
    'kill 0': (told) => expect(told).to.deep.include({ said: true, events: events('0 null') }),
    'process.kill 0': (told) => expect(told).to.deep.include({ said: true, events: events('0 null') }),
    'kill to its process group, which there is not': (told) =>
      expect(told).to.deep.equal({ said: 'ESRCH', events: events('0 null') }),
    'kill to the process group of a detached child': (told) =>
      expect(told).to.deep.equal({ said: true, events: events('null SIGTERM') }),
    'a dead child keeps its number': (told) =>
      expect(told).to.deep.equal({
        found: ['Z', true, true, null, true],
        events: events('null SIGKILL'),
        after: ['gone', 'SIGKILL', false],
      }),
    'a dead child keeps its number until exit is told': (told) =>
      expect(told).to.deep.equal({
        found: [['at exit', 'gone', 'SIGKILL']],
        events: events('null SIGKILL'),
      }),
    'what kill has sent meets the program': (told) =>
      expect(told).to.deep.equal(Array.from({ length: 3 }, () => [true, 'the program'])),
    'kill of a child that never comes to exec': (told) =>
      expect(told).to.deep.equal({ said: true, events: events('null SIGTERM') }),
    'several signals': (told) =>
      expect(told).to.deep.equal({ said: [true, true, true, true], first: 'spawn' }),
    'a signal is aborted': (told) =>
      expect(told).to.deep.equal(['error ABORT_ERR', ...events('null SIGINT')]),
    'a signal is aborted while the child is held': (told) =>
      expect(told).to.deep.equal(['error ABORT_ERR', ...events('null SIGTERM')]),
    'a signal was aborted before': (told) =>
      expect(told).to.deep.equal(['spawn', 'error ABORT_ERR', 'exit null SIGTERM', 'close null SIGTERM']),
    'its time is over before exec': (told) => expect(told).to.deep.equal(events('null SIGTERM')),
    'a signal is sent after exec': (told) => expect(told).to.deep.equal(events('7 null')),
    'a stopped child goes on': ran('text'),
  });
});
