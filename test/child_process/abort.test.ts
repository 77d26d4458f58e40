import { expect } from 'chai';
import { expectEventLog, outcomeOf, recordEvents, throws } from './event-log.js';
import type { Door } from './oracle.js';
import { same, sameScript } from './oracle.js';

const reasons: readonly [string, () => unknown][] = [
  ['none', () => undefined],
  ['an Error', () => new RangeError('why')],
  ['text', () => 'why'],
  ['null', () => null],
  ['0', () => 0],
  ['an object', () => ({ why: 1 })],
];

describe('an AbortSignal', () => {
  for (const [what, reason] of reasons) {
    same(
      `ends the child when it is aborted before the start, with the reason ${what}`,
      (cp) => outcomeOf(() => cp.spawn('sleep', ['30'], { signal: aborted(reason()) })),
      expectAbort('SIGTERM'),
    );
    same(
      `ends the child when it is aborted while it runs, with the reason ${what}`,
      (cp) => {
        const controller = new AbortController();
        const child = cp.spawn('sleep', ['30'], { signal: controller.signal });
        child.on('spawn', () => controller.abort(reason()));
        return outcomeOf(() => child);
      },
      expectAbort('SIGTERM'),
    );
  }
  same(
    'ends the child when it is aborted in the same turn as the start',
    (cp) => {
      const controller = new AbortController();
      const child = cp.spawn('sleep', ['30'], { signal: controller.signal });
      child.on('error', () => {});
      controller.abort('now');
      return outcomeOf(() => child);
    },
    (outcome) => expect(expectEventLog(outcome).events.at(-1)?.args).to.deep.equal([null, 'SIGTERM']),
  );
  same(
    'does nothing when it is aborted after the end',
    async (cp) => {
      const controller = new AbortController();
      const child = cp.spawn('/bin/true', { signal: controller.signal });
      const log = await recordEvents(child);
      controller.abort();
      return [log, child.killed, child.exitCode];
    },
    ([, killed, code]) => expect([killed, code]).to.deep.equal([false, 0]),
  );
  same(
    "does nothing when it is aborted in the listener of 'exit'",
    (cp) => {
      const controller = new AbortController();
      const child = cp.spawn('/bin/true', { signal: controller.signal });
      child.on('exit', () => controller.abort());
      return recordEvents(child);
    },
    ({ events }) => expect(events.map(({ event }) => event)).to.deep.equal(['spawn', 'exit', 'close']),
  );
  for (const killSignal of ['SIGKILL', 2, 'sighup'])
    same(
      `kills by killSignal ${killSignal}`,
      (cp) => outcomeOf(() => cp.spawn('sleep', ['30'], { signal: aborted('why'), killSignal })),
      (outcome) => expect(expectEventLog(outcome).events.at(-1)?.args[1]).to.match(/^SIG(KILL|INT|HUP)$/),
    );
  same(
    'emits no second error when it is aborted for a missing program',
    (cp) => outcomeOf(() => cp.spawn('/no/such', { signal: aborted('why') })),
    (outcome) =>
      expect(expectEventLog(outcome).events.map(({ event }) => event)).to.deep.equal(['error', 'close']),
  );
  same(
    'kills once when it is aborted and a timeout comes later',
    (cp) => outcomeOf(() => cp.spawn('sleep', ['30'], { signal: aborted('why'), timeout: 200 })),
    expectAbort('SIGTERM'),
  );
  same(
    'may come from AbortSignal.timeout()',
    (cp) => outcomeOf(() => cp.spawn('sleep', ['30'], { signal: AbortSignal.timeout(20) })),
    expectAbort('SIGTERM'),
  );
  same(
    'may come from AbortSignal.any()',
    (cp) => outcomeOf(() => cp.spawn('sleep', ['30'], { signal: AbortSignal.any([aborted('why')]) })),
    expectAbort('SIGTERM'),
  );
  for (const [what, signal] of [
    ['without methods', { aborted: false }],
    ['with only the field, set', { aborted: true }],
    ['of EventTarget', Object.assign(new EventTarget(), { aborted: false })],
  ] as const)
    same(
      `that only looks like one, ${what}`,
      (cp) =>
        outcomeOf(() => cp.spawn('/bin/true', { signal })).then((outcome) =>
          'thrown' in outcome ? outcome.thrown.message : 'ran',
        ),
      (outcome) => expect(outcome).to.be.a('string'),
    );
  same(
    'may end many children at once',
    async (cp) => {
      const controller = new AbortController();
      const outcomes = Array.from({ length: 8 }, () =>
        outcomeOf(() => cp.spawn('sleep', ['30'], { signal: controller.signal })),
      );
      controller.abort('all');
      return Promise.all(outcomes);
    },
    (outcomes) => outcomes.forEach(expectAbort('SIGTERM')),
  );
  sameScript(
    'has no listener any more when the child has ended',
    `import { getEventListeners } from 'node:events';
     const { signal } = new AbortController();
     const child = cp.spawn('/bin/true', { signal });
     console.log(getEventListeners(signal, 'abort').length);
     child.on('close', () => console.log(getEventListeners(signal, 'abort').length));`,
    ({ stdout }) => expect(stdout).to.equal('1\n0\n'),
  );
  sameScript(
    'causes an uncaught error when nobody listens for it',
    `process.on('uncaughtException', (error) => console.log(error.name, error.code, error.message, error.cause));
     cp.spawn('sleep', ['30'], { signal: AbortSignal.abort('why') });`,
    ({ stdout }) => expect(stdout).to.equal('AbortError ABORT_ERR The operation was aborted why\n'),
  );

  describe('of exec, execFile and fork', () => {
    for (const [what, start] of [
      ['exec', (cp: Door, signal: AbortSignal, done: unknown) => cp.exec('sleep 30', { signal }, done)],
      [
        'execFile',
        (cp: Door, signal: AbortSignal, done: unknown) =>
          cp.execFile('sleep', ['30'], { signal, killSignal: 'SIGKILL' }, done),
      ],
    ] as const)
      for (const early of [true, false])
        same(
          `${what}, aborted ${early ? 'before' : 'while it runs'}`,
          (cp) =>
            new Promise<unknown[]>((resolve) => {
              const controller = new AbortController();
              if (early) controller.abort('why');
              const child = start(cp, controller.signal, (...results: unknown[]) => {
                child.on('close', (...args) => resolve([...results, ...args]));
              });
              child.on('spawn', () => controller.abort('why'));
            }),
          (results) => expect(results[0]).to.include({ name: 'AbortError', code: 'ABORT_ERR', cause: 'why' }),
        );
    same(
      'fork, aborted before',
      (cp) =>
        outcomeOf(() =>
          cp.fork('/dev/null', { signal: aborted('why'), stdio: ['ignore', 'ignore', 'ignore', 'ipc'] }),
        ),
      (outcome) =>
        expect(expectEventLog(outcome).events.map(({ event }) => event)).to.include.members([
          'error',
          'exit',
          'close',
        ]),
    );
    same(
      'fork refuses what is no AbortSignal',
      (cp) => outcomeOf(() => cp.fork('/dev/null', { signal: 'x' })),
      throws('ERR_INVALID_ARG_TYPE'),
    );
  });
});

function aborted(reason: unknown): AbortSignal {
  return AbortSignal.abort(reason);
}

function expectAbort(signal: string): (outcome: Awaited<ReturnType<typeof outcomeOf>>) => void {
  return (outcome) => {
    const { events } = expectEventLog(outcome);
    const error = events.find(({ event }) => event === 'error');
    expect(error?.args[0]).to.include({ name: 'AbortError', code: 'ABORT_ERR' });
    expect(events.at(-1)?.args).to.deep.equal([null, signal]);
  };
}
