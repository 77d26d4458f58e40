import { constants } from 'node:os';
import { expect } from 'chai';
import { describeError } from './describe-value.js';
import { closed, expectEventLog, outcomeOf, recordEvents } from './event-log.js';
import { whenLate } from './exec-result.js';
import type { Door } from './oracle.js';
import { same, sameProgram, sameScript } from './oracle.js';

/** What kill says, in a process that lives until it is killed. */
async function killWith(cp: Door, ...args: readonly unknown[]) {
  const child = cp.spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
  const kill = child.kill.bind(child) as (...args: readonly unknown[]) => boolean;
  let said: unknown;
  try {
    said = kill(...args);
  } catch (error) {
    said = error instanceof Error ? describeError(error) : error;
  }
  const { killed } = child;
  const { events } = await recordEvents(child);
  return { said, killed, last: events.at(-1) };
}

describe('kill', () => {
  const deadly: readonly [string, readonly unknown[], string][] = [
    ['without an argument', [], 'SIGTERM'],
    ['with undefined', [undefined], 'SIGTERM'],
    ['with a name', ['SIGKILL'], 'SIGKILL'],
    ['with a name in small letters', ['sigint'], 'SIGINT'],
    ['with a number', [9], 'SIGKILL'],
    ['with SIGHUP', ['SIGHUP'], 'SIGHUP'],
    ['with another name of SIGABRT', ['SIGIOT'], 'SIGABRT'],
    ['with another name of SIGIO', ['SIGPOLL'], 'SIGIO'],
    ['with SIGUSR1', [constants.signals.SIGUSR1], 'SIGUSR1'],
    ['with SIGPIPE', ['SIGPIPE'], 'SIGPIPE'],
    ['with SIGXFSZ', ['SIGXFSZ'], 'SIGXFSZ'],
    ['with more arguments', ['SIGKILL', 'SIGTERM'], 'SIGKILL'],
  ];
  for (const [what, args, signal] of deadly)
    same(
      what,
      (cp) => killWith(cp, ...args),
      ({ said, killed, last }) => {
        expect([said, killed, last?.args]).to.deep.equal([true, true, [null, signal]]);
      },
    );

  for (const [what, signal, killed] of [
    ['0, which only asks', 0, true],
    ['-0', -0, true],
    ['SIGCHLD, which does nothing', 'SIGCHLD', true],
    ['SIGWINCH, which does nothing', 28, true],
    ['SIGCONT, which does nothing', 'SIGCONT', true],
  ] as const)
    same(
      `with ${what}`,
      (cp) => killWith(cp, signal),
      (seen) => {
        expect([seen.said, seen.killed, seen.last?.args]).to.deep.equal([true, killed, [0, null]]);
      },
    );

  for (const [what, signal] of [
    ['a name that is none', 'SIGNONE'],
    ['an empty name', ''],
    ['a name without SIG', 'TERM'],
    ['a number that is none', 65],
    ['a large number', 2 ** 31],
    ['a negative number', -1],
    ['half a number', 1.5],
    ['NaN', Number.NaN],
    ['a number as text', '9'],
    ['a real-time signal', 34],
    ['null', null],
    ['true', true],
    ['false', false],
    ['an object', {}],
    ['an array', [9]],
    ['a function', () => {}],
    ['a bigint', 9n],
    ['toString', 'toString'],
    ['a name of the prototype', '__proto__'],
  ] as const)
    same(
      `throws for ${what}`,
      (cp) => killWith(cp, signal),
      ({ said, killed, last }) => {
        expect(said).to.have.property('code');
        expect([killed, last?.args]).to.deep.equal([false, [0, null]]);
      },
    );

  same(
    'returns false for a child that has ended, whatever the signal',
    async (cp) => {
      const child = cp.spawn('/bin/true', { stdio: 'ignore' });
      const log = await recordEvents(child);
      const said = [child.kill(), child.kill('SIGKILL'), child.kill(0), child.killed];
      return {
        said,
        thrown: await outcomeOf(() => child.kill('SIGNONE' as NodeJS.Signals)),
        last: log.events.at(-1),
      };
    },
    ({ said }) => expect(said).to.deep.equal([false, false, false, false]),
  );
  same(
    "returns false in the listener of 'exit'",
    async (cp) => {
      const child = cp.spawn('/bin/true', { stdio: 'ignore' });
      const said: boolean[] = [];
      child.on('exit', () => said.push(child.kill(), child.kill(0), child.killed));
      await closed(child);
      return said;
    },
    (said) => expect(said).to.deep.equal([false, false, false]),
  );
  same(
    "returns true in the listener of 'spawn'",
    async (cp) => {
      const child = cp.spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
      const said: unknown[] = [];
      child.on('spawn', () => said.push(child.kill('SIGINT'), child.killed));
      await closed(child);
      return [...said, child.signalCode];
    },
    (said) => expect(said).to.deep.equal([true, true, 'SIGINT']),
  );
  same(
    'may be called more than once',
    async (cp) => {
      const child = cp.spawn('/bin/sh', [
        '-c',
        'trap "exit 7" TERM; echo ready; while :; do sleep 0.01; done',
      ]);
      const said: boolean[] = [];
      child.stdout?.once('data', () => said.push(child.kill(), child.kill(), child.kill()));
      await closed(child);
      return [...said, child.killed, child.exitCode, child.signalCode];
    },
    (said) => expect(said).to.deep.equal([true, true, true, true, 7, null]),
  );
  same(
    'stops a child and continues it',
    async (cp) => {
      const child = cp.spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
      const said = [child.kill('SIGSTOP'), child.kill('SIGCONT'), child.killed];
      const { events } = await recordEvents(child);
      return [said, events];
    },
    ([said]) => expect(said).to.deep.equal([true, true, true]),
  );
  sameProgram("emits an error for another user's child", 'kill-of-other-user', ({ stdout }) =>
    expect(stdout).to.match(/^kill EPERM EPERM kill .*\nfalse false\n/),
  );
  same(
    'sent by other code ends the child, which is told once',
    async (cp) => {
      const child = cp.spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
      process.kill(child.pid ?? 0, 'SIGKILL');
      return (await recordEvents(child)).events;
    },
    (events) => expect(events.map(({ event }) => event)).to.deep.equal(['spawn', 'exit', 'close']),
  );

  describe('by killSignal at a timeout', () => {
    for (const [what, options, signal] of [
      ['SIGTERM when nothing is said', {}, 'SIGTERM'],
      ['a name', { killSignal: 'SIGKILL' }, 'SIGKILL'],
      ['a number', { killSignal: 2 }, 'SIGINT'],
      ['a name in small letters', { killSignal: 'sighup' }, 'SIGHUP'],
      ['null', { killSignal: null }, 'SIGTERM'],
    ] as const)
      same(
        what,
        (cp) => outcomeOf(() => cp.spawn('sleep', ['30'], { timeout: 20, ...options })),
        (outcome) => {
          const { events } = expectEventLog(outcome);
          expect(events.at(-1)).to.deep.include({ args: [null, signal] });
          expect(events.at(-1)?.fields.killed).to.equal(true);
        },
      );
    for (const timeout of [0, null, undefined, 60_000])
      same(
        `does not come with a timeout of ${timeout}`,
        (cp) => outcomeOf(() => cp.spawn('/bin/true', { timeout })),
        (outcome) => expect(expectEventLog(outcome).events.at(-1)?.args).to.deep.equal([0, null]),
      );
    sameScript(
      'does not hold up the parent when the child has ended',
      `cp.spawn('/bin/true', { timeout: 25_000 });`,
      ({ code }) => expect(code).to.equal(0),
      { deadlineMs: 10_000 },
    );
    same(
      'is sent once, though the child survives it',
      (cp) =>
        whenLate(
          async (timeout) => {
            // It lives on long enough to tell of a second one.
            const script =
              'trap "echo term; left=30" TERM; echo ready; left=9999; while [ $left -gt 0 ]; do sleep 0.01; left=$((left-1)); done';
            return (await recordEvents(cp.spawn('/bin/sh', ['-c', script], { timeout }))).stdout;
          },
          (text) => text.startsWith('ready\n'),
        ),
      (text) => expect(text).to.equal('ready\nterm\n'),
    );
  });
});
