import { constants } from 'node:os';
import { expect } from 'chai';
import type { Door } from './oracle.js';
import { same, sameScript } from './oracle.js';
import { portraitOfError } from './portrait.js';
import { closed, expectStory, outcomeOf, storyOf } from './story.js';

/** What kill says, in a process that lives until it is killed. */
async function killWith(cp: Door, ...args: readonly unknown[]) {
  const child = cp.spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
  const kill = child.kill.bind(child) as (...args: readonly unknown[]) => boolean;
  let said: unknown;
  try {
    said = kill(...args);
  } catch (error) {
    said = error instanceof Error ? portraitOfError(error) : error;
  }
  const { killed } = child;
  const { happenings } = await storyOf(child);
  return { said, killed, last: happenings.at(-1) };
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
    'of one that has ended is false, and asks nothing',
    async (cp) => {
      const child = cp.spawn('/bin/true', { stdio: 'ignore' });
      const story = await storyOf(child);
      const said = [child.kill(), child.kill('SIGKILL'), child.kill(0), child.killed];
      return {
        said,
        thrown: await outcomeOf(() => child.kill('SIGNONE' as NodeJS.Signals)),
        last: story.happenings.at(-1),
      };
    },
    ({ said }) => expect(said).to.deep.equal([false, false, false, false]),
  );
  same(
    "in the listener of 'exit' is false",
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
    "in the listener of 'spawn' is true",
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
    'may be said more than once',
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
    'stops one and lets it go on',
    async (cp) => {
      const child = cp.spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
      const said = [child.kill('SIGSTOP'), child.kill('SIGCONT'), child.killed];
      const { happenings } = await storyOf(child);
      return [said, happenings];
    },
    ([said]) => expect(said).to.deep.equal([true, true, true]),
  );
  sameScript(
    "of another user's child is an 'error' event",
    `const child = cp.spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'], uid: 65534, gid: 65534 });
     process.seteuid(1000);
     child.on('error', (error) => console.log(error.message, error.code, error.syscall, Object.keys(error)));
     console.log(child.kill(), child.killed);
     process.seteuid(0);
     child.on('exit', (...args) => console.log(...args));
     child.stdin.end();`,
    ({ stdout }) => expect(stdout).to.match(/^kill EPERM EPERM kill .*\nfalse false\n/),
  );
  same(
    'after the end by a stranger is false or true, and the end is told once',
    async (cp) => {
      const child = cp.spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
      process.kill(child.pid ?? 0, 'SIGKILL');
      return (await storyOf(child)).happenings;
    },
    (happenings) => expect(happenings.map(({ event }) => event)).to.deep.equal(['spawn', 'exit', 'close']),
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
          const { happenings } = expectStory(outcome);
          expect(happenings.at(-1)).to.deep.include({ args: [null, signal] });
          expect(happenings.at(-1)?.moment.killed).to.equal(true);
        },
      );
    for (const timeout of [0, null, undefined, 60_000])
      same(
        `does not come with a timeout of ${timeout}`,
        (cp) => outcomeOf(() => cp.spawn('/bin/true', { timeout })),
        (outcome) => expect(expectStory(outcome).happenings.at(-1)?.args).to.deep.equal([0, null]),
      );
    sameScript(
      'does not hold up the parent when the child has ended',
      `cp.spawn('/bin/true', { timeout: 25_000 });`,
      ({ code }) => expect(code).to.equal(0),
      { deadlineMs: 10_000 },
    );
    same(
      'that the child survives comes once',
      async (cp) => {
        const child = cp.spawn(
          '/bin/sh',
          [
            '-c',
            'trap "echo term" TERM; echo ready; n=0; while [ $n -lt 40 ]; do sleep 0.01; n=$((n+1)); done',
          ],
          { timeout: 60 },
        );
        return (await storyOf(child)).stdout.replace('ready\n', '');
      },
      (text) => expect(text).to.match(/^(term\n)?$/),
    );
  });
});
