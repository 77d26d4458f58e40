import { expect } from 'chai';
import { makeFile } from '../support/starts.js';
import { tempPath } from '../support/temp.js';
import { describeValue } from './describe-value.js';
import { closed, exited } from './event-log.js';
import type { Door } from './oracle.js';
import { same, sameScript } from './oracle.js';

const echo = tempPath('echo.cjs');
const stdio = ['ignore', 'inherit', 'inherit', 'ipc'];

before(() => {
  makeFile(
    `process.on('message', (message) => {
       if (message === 'disconnect') process.disconnect();
       else if (message === 'exit') process.exit(5);
       else process.send(message);
     });`,
    0o644,
    echo,
  );
});

/** What comes back for each of these values, one after the other. */
async function echoed(cp: Door, serialization: string, values: readonly unknown[]): Promise<unknown[]> {
  const child = cp.fork(echo, { stdio, serialization });
  const back: unknown[] = [];
  await new Promise<void>((resolve) => {
    child.on('message', (message) => {
      back.push(message);
      if (back.length === values.length) resolve();
    });
    for (const value of values) child.send(value as string);
  });
  child.disconnect();
  await exited(child);
  return back;
}

describe('a channel', () => {
  same(
    'carries JSON both ways',
    (cp) =>
      echoed(cp, 'json', [
        'text',
        1,
        true,
        null,
        { a: [1, { b: 'c' }] },
        [],
        '',
        'ä€😀\n\0',
        { toJSON: () => 'made' },
        new Date(0),
      ]),
    (back) => expect(back.slice(0, 4)).to.deep.equal(['text', 1, true, null]),
  );
  same(
    'carries structured values with serialization advanced',
    (cp) => {
      const circle: { self?: unknown } = {};
      circle.self = circle;
      return echoed(cp, 'advanced', [
        new Map([[1, new Set(['a'])]]),
        { n: 10n },
        new Uint8Array([1, 2]),
        new Date(5),
        null,
        /x/g,
        { a: undefined },
        [circle].length,
        Buffer.from('text'),
        new RangeError('x'),
      ]).then((back) => back.map(describeValue));
    },
    (back) => expect(back.slice(0, 2)).to.deep.equal(['a Map', { n: 10n }]),
  );
  same(
    'carries large messages',
    async (cp) =>
      (await echoed(cp, 'json', ['x'.repeat(1_000_000), { a: 'y'.repeat(300_000) }])).map(
        (value) => JSON.stringify(value).length,
      ),
    (sizes) => expect(sizes).to.deep.equal([1_000_002, 300_008]),
  );
  same(
    'carries many messages in order',
    async (cp) =>
      (
        await echoed(
          cp,
          'json',
          Array.from({ length: 500 }, (_, n) => n),
        )
      ).join(),
    (text) => expect(text).to.match(/^0,1,2,.*,499$/),
  );

  same(
    'that is closed by the parent',
    async (cp) => {
      const child = cp.fork(echo, { stdio });
      const order: unknown[] = [];
      for (const event of ['disconnect', 'exit', 'close', 'error']) child.on(event, () => order.push(event));
      await new Promise((resolve) => child.on('spawn', resolve));
      const states = [
        child.connected,
        child.channel === null || child.channel === undefined,
        typeof child.send,
      ];
      child.disconnect();
      states.push(child.connected, child.channel === null);
      await exited(child);
      return [states, order];
    },
    ([states, order]) => {
      expect(states).to.deep.equal([true, false, 'function', false, true]);
      expect(order).to.deep.equal(['disconnect', 'exit']); // no 'close', in every Node
    },
  );
  for (const [what, last] of [
    ['closed by the child', 'disconnect'],
    ['lost with the child', 'exit'],
  ] as const)
    same(
      `that is ${what}`,
      async (cp) => {
        const child = cp.fork(echo, { stdio });
        const states: unknown[] = [];
        child.on('disconnect', () => states.push(child.connected, child.channel === null));
        child.send(last);
        await closed(child);
        return [...states, child.exitCode, child.connected];
      },
      (states) => expect(states.slice(0, 2)).to.deep.equal([false, true]),
    );
  same(
    'that is closed accepts no message',
    async (cp) => {
      const child = cp.fork(echo, { stdio });
      const found: unknown[] = [];
      child.on('error', (error) => found.push(['event', describeValue(error)]));
      child.disconnect();
      child.disconnect();
      found.push(child.send('text'));
      child.send('text', (error) => found.push(['callback', describeValue(error)]));
      await exited(child);
      return found;
    },
    (found) => expect(found).to.have.length(4),
  );
  for (const [what, message] of [
    ['undefined', undefined],
    ['a symbol', Symbol('x')],
    ['a function', () => {}],
    ['a bigint', 1n],
    ['a circle', circle()],
  ] as const)
    same(
      `refuses ${what}`,
      async (cp) => {
        const child = cp.fork(echo, { stdio });
        let found: unknown = 'sent';
        try {
          child.send(message as unknown as string);
        } catch (error) {
          found = describeValue(error);
        }
        child.disconnect();
        await exited(child);
        return found;
      },
      (found) => expect(found).to.have.property('class', 'TypeError'),
    );
  for (const [what, args] of [
    ['a wrong handle', ['text', {}]],
    ['wrong options', ['text', undefined, 5]],
    ['null options', ['text', undefined, null]],
  ] as const)
    same(
      `refuses ${what}`,
      async (cp) => {
        const child = cp.fork(echo, { stdio });
        const send = child.send.bind(child) as unknown as (...args: readonly unknown[]) => boolean;
        let found: unknown = 'sent';
        try {
          send(...args);
        } catch (error) {
          found = describeValue(error);
        }
        child.disconnect();
        await exited(child);
        return found;
      },
      (found) => expect(found).to.have.property('class', 'TypeError'),
    );
  same(
    'calls back when a message is sent, and returns whether there is room for more',
    async (cp) => {
      const child = cp.fork(echo, { stdio });
      const found: unknown[] = [];
      found.push(child.send('text', (error) => found.push(error)));
      await new Promise((resolve) => child.on('message', resolve));
      child.disconnect();
      await exited(child);
      return found;
    },
    (found) => expect(found).to.deep.equal([true, null]),
  );
  same(
    'keeps messages until somebody listens',
    async (cp) => {
      const child = cp.spawn('/bin/sh', ['-c', `echo '"early"' >&3; read line`], {
        stdio: ['pipe', 'inherit', 'inherit', 'ipc'],
      });
      await new Promise((resolve) => child.on('spawn', resolve));
      await new Promise((resolve) => setTimeout(resolve, 30));
      const message = await new Promise((resolve) => child.on('message', resolve));
      child.stdin?.end();
      await closed(child);
      return message;
    },
    (message) => expect(message).to.equal('early'),
  );
  same(
    'is on the descriptor that NODE_CHANNEL_FD names',
    async (cp) => {
      const child = cp.spawn(
        '/bin/sh',
        ['-c', `echo "[\\"$NODE_CHANNEL_FD\\",\\"$NODE_CHANNEL_SERIALIZATION_MODE\\"]" >&6`],
        { stdio: ['ignore', 'ignore', 'inherit', null, null, null, 'ipc'], env: {} },
      );
      const message = await new Promise((resolve) => child.on('message', resolve));
      await closed(child);
      return message;
    },
    (message) => expect(message).to.deep.equal(['6', 'json']),
  );

  for (const [what, script, says] of [
    [
      'holds the parent while it is open',
      `child.on('message', () => { console.log('message'); child.disconnect(); }); child.send('text');`,
      'message\nexit\n',
    ],
    [
      'does not hold it without listeners, once unref is called on both',
      'child.unref(); child.channel.unref();',
      'gone\n',
    ],
    [
      'holds it when it is referenced again',
      `child.unref(); child.channel.unref(); child.channel.ref(); child.on('message', () => child.disconnect()); child.send('text');`,
      'gone\n',
    ],
  ] as const)
    sameScript(
      what,
      `const child = cp.fork(${JSON.stringify(echo)}, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
       child.on('exit', () => console.log('exit'));
       process.on('exit', () => { if (child.exitCode === null) console.log('gone'); });
       ${script}`,
      ({ stdout }) => expect(says).to.include(stdout.split('\n')[0] ?? ''),
    );
});

function circle(): object {
  const value: { self?: unknown } = {};
  value.self = value;
  return value;
}
