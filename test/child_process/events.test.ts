import { expect } from 'chai';
import { probeArgv, probePath } from '../support/probe.js';
import { closed, ends, expectEventLog, gather, outcomeOf, recordEvents } from './event-log.js';
import { same, sameProgram, sameScript } from './oracle.js';

describe('the events of a child', () => {
  for (const code of [0, 1, 2, 127, 128, 255])
    same(
      `tell exit status ${code}`,
      (cp) => outcomeOf(() => cp.spawn(probePath, [...probeArgv('exit', code).slice(1)])),
      ends(code),
    );
  for (const [signal, name] of [
    [1, 'SIGHUP'],
    [2, 'SIGINT'],
    [4, 'SIGILL'],
    [6, 'SIGABRT'],
    [9, 'SIGKILL'],
    [10, 'SIGUSR1'],
    [13, 'SIGPIPE'],
    [15, 'SIGTERM'],
    [16, 'SIGSTKFLT'],
    [25, 'SIGXFSZ'],
    [29, 'SIGIO'],
    [30, 'SIGPWR'],
    [31, 'SIGSYS'],
  ] as const)
    same(
      `tell that ${name} ended it`,
      (cp) => outcomeOf(() => cp.spawn(probePath, [...probeArgv('kill', signal).slice(1)])),
      ends(null, '', name),
    );
  for (const signal of [34, 50, 64])
    same(
      `tell of the real-time signal ${signal}, which has no name, that it ended it`,
      (cp) => outcomeOf(() => cp.spawn(probePath, [...probeArgv('kill', signal).slice(1)])),
      (outcome) =>
        expect(expectEventLog(outcome).events.map(({ event }) => event)).to.deep.equal([
          'spawn',
          'exit',
          'close',
        ]),
    );

  same(
    "'spawn' comes after the ticks and microtasks of the call, before everything else",
    async (cp) => {
      const order: string[] = [];
      const note = (what: string) => () => order.push(what);
      await new Promise(setImmediate);
      await new Promise(process.nextTick); // from here on both doors are called in the tick queue
      process.nextTick(note('tick before'));
      const child = cp.spawn('/bin/true');
      order.push('returned');
      void Promise.resolve().then(note('microtask'));
      process.nextTick(note('tick after'));
      child.on('spawn', note('spawn')).on('exit', note('exit')).on('close', note('close'));
      await closed(child);
      return order;
    },
    (order) =>
      expect(order.slice(0, 5)).to.include.members([
        'returned',
        'microtask',
        'tick before',
        'spawn',
        'tick after',
      ]),
  );
  same(
    "'error' comes after the ticks of the call too",
    async (cp) => {
      const order: string[] = [];
      const note = (what: string) => () => order.push(what);
      await new Promise(setImmediate);
      await new Promise(process.nextTick);
      process.nextTick(note('tick before'));
      const child = cp.spawn('/no/such', { stdio: 'ignore' });
      process.nextTick(note('tick after'));
      child.on('error', note('error')).on('close', note('close'));
      await closed(child);
      return order;
    },
    (order) => expect(order).to.deep.equal(['tick before', 'error', 'close', 'tick after']),
  );

  same(
    'come after all fields are set',
    (cp) => recordEvents(cp.spawn('/bin/sh', ['-c', 'exit 4'], { stdio: 'ignore' })),
    ({ events }) => {
      expect(events.map(({ event, args }) => [event, ...args])).to.deep.equal([
        ['spawn'],
        ['exit', 4, null],
        ['close', 4, null],
      ]);
      expect(events[1]?.fields.exitCode).to.equal(4);
    },
  );

  same(
    "'close' comes at once when there is no stdio to wait for",
    async (cp) => {
      const order: string[] = [];
      const child = cp.spawn('/bin/true', { stdio: 'ignore' });
      child.on('exit', () => {
        process.nextTick(() => order.push('tick'));
        order.push('exit');
      });
      child.on('close', () => order.push('close'));
      await closed(child);
      await Promise.resolve();
      return order;
    },
    (order) => expect(order.slice(0, 2)).to.deep.equal(['exit', 'close']),
  );
  same(
    'output that nobody reads is thrown away after the end',
    async (cp) => {
      const child = cp.spawn('/bin/sh', ['-c', 'echo text; echo more >&2']);
      await closed(child);
      return [child.stdout?.readableEnded, child.stderr?.readableEnded, child.stdout?.destroyed];
    },
    (observed) => expect(observed).to.deep.equal([true, true, true]),
  );
  same(
    'output may still be read from the listener of exit on',
    async (cp) => {
      const child = cp.spawn('/bin/sh', ['-c', 'echo text']);
      let said = () => '';
      child.on('exit', () => {
        said = gather(child.stdout);
      });
      await closed(child);
      return said();
    },
    (text) => expect(text).to.equal('text\n'),
  );
  same(
    "a paused stdout holds up 'close', not 'exit'",
    async (cp) => {
      const child = cp.spawn('/bin/sh', ['-c', 'echo text']);
      const order: string[] = [];
      child.stdout?.on('readable', () => {});
      for (const event of ['exit', 'close']) child.on(event, () => order.push(event));
      const ended = closed(child);
      await new Promise((resolve) => child.on('exit', () => setImmediate(resolve)));
      const early = [...order];
      child.stdout?.removeAllListeners('readable');
      child.stdout?.resume();
      await ended;
      return [early, order];
    },
    (observed) => expect(observed).to.deep.equal([['exit'], ['exit', 'close']]),
  );
  same(
    'stdin is destroyed at the end',
    async (cp) => {
      const child = cp.spawn('/bin/true');
      const found: unknown[] = [];
      child.on('exit', () => found.push(child.stdin?.destroyed, child.stdin?.writable));
      await closed(child);
      return found;
    },
    (found) => expect(found).to.deep.equal([true, false]),
  );
  same(
    'a destroyed stdout lets the child write into nothing',
    async (cp) => {
      const child = cp.spawn('yes');
      child.stdout?.once('data', () => child.stdout?.destroy());
      return (await recordEvents(child)).events.map(({ event }) => event);
    },
    (happened) => expect(happened).to.deep.equal(['spawn', 'exit', 'close']),
  );

  sameProgram(
    'an error that is thrown in a listener is uncaught, and the others come all the same',
    'thrown-in-listeners',
    ({ stdout, code }) => {
      expect(code).to.equal(0);
      for (const event of ['spawn', 'exit', 'data', 'error'])
        expect(stdout).to.include(`uncaught in ${event}`);
    },
    { anyOrder: true },
  );
  sameScript(
    'an error that nobody catches in a listener ends the parent',
    `cp.spawn('/bin/true').on('exit', () => { throw new Error('in exit'); }); setTimeout(() => {}, 30_000);`,
    ({ code, stderr }) => {
      expect(code).to.equal(1);
      expect(stderr).to.match(/Error: in exit/);
    },
    { env: { NODE_OPTIONS: '--stack-trace-limit=0' } },
  );
});
