import { expect } from 'chai';
import { posixSpawn } from 'forkless';
import { envRun } from '../support/launchers.js';
import { askProbe, textOf } from '../support/probe.js';
import { runNodeForValue } from '../support/run-node.js';
import { runWorker } from '../support/run-worker.js';

async function refusal(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return 'not refused';
}

describe('the environment', () => {
  it('is this process’s own by default, as it is at the call', async () => {
    process.env['FORKLESS_TEST_VARIABLE'] = 'naïve = yes';
    try {
      const { env } = await askProbe();
      expect(env.map(textOf).sort()).to.deep.equal(
        Object.entries(process.env)
          .map(([key, value]) => `${key}=${value}`)
          .sort(),
      );
    } finally {
      delete process.env['FORKLESS_TEST_VARIABLE'];
    }
  });

  it('is copied as a whole, until there is a Worker that might change it meanwhile', async () => {
    const lines = await runNodeForValue<string[]>(`
      import { once } from 'node:events';
      import { Worker } from 'node:worker_threads';
      import { explain } from 'forkless';
      const line = () => explain('/bin/true', ['true']).split('\\n').find((text) => text.startsWith('env: '));
      const before = line();
      await once(new Worker('', { eval: true }), 'exit');
      say([before, line(), 'env: ' + Object.keys(process.env).length + ' variables']);
    `);
    const [before, after, counted] = lines;
    expect(before).to.equal('env: this process’s');
    expect(after).to.equal(counted);
  });

  for (const [what, entry] of [
    ['a key twice', 'T_FIRST=2'],
    ['an entry without a key', '=T_KEYLESS'],
    ['an entry without "="', 'T_NONE'],
    ['a value that is no UTF-8', 'T_BYTES=%FFx'],
    ['a key that is no UTF-8', 'T_K%FFY=1'],
  ] as const)
    it(`with ${what} is what process.env says, before a Worker and after`, async () => {
      const [shown, ...seen] = await runNodeForValue<string[][]>(
        `
      import { once } from 'node:events';
      import { Worker } from 'node:worker_threads';
      const own = async (options) => (await askProbe(options)).env.filter((entry) => entry.includes('T_'));
      const ways = async () => [await own({}), await own({ env: process.env }), await own({ env: { ...process.env } })];
      const shown = Object.entries(process.env).map((entry) => Buffer.from(entry.join('=')).toString('latin1'));
      const before = await ways();
      // with an env of its own: Node aborts where it cannot copy such a key
      await once(new Worker('', { eval: true, env: {} }), 'exit');
      say([shown.filter((entry) => entry.includes('T_')), ...before, ...await ways()]);
    `,
        { launcher: envRun('T_FIRST=1', entry, 'T_LAST=ä') },
      );
      for (const env of seen) expect(env).to.deep.equal(shown);
      expect(shown).to.include.members(['T_FIRST=1', 'T_LAST=Ã¤']);
    });

  it('emptied, and filled again, is what it is at the call', async () => {
    const seen = await runNodeForValue<number[]>(`
      const counts = [];
      const count = async () => counts.push((await askProbe()).env.length);
      await count();
      for (const key of Object.keys(process.env)) delete process.env[key];
      await count();
      process.env.A = '';
      await count();
      say([counts[0] > 1, ...counts.slice(1)]);
    `);
    expect(seen).to.deep.equal([true, 0, 1]);
  });

  it('may be changed all the time by a Worker that shares it', async () => {
    const codes = await runNodeForValue<number[]>(`
      import { once } from 'node:events';
      import { SHARE_ENV, Worker } from 'node:worker_threads';
      import { posixSpawn } from 'forkless';
      const worker = new Worker(
        'require("node:worker_threads").parentPort.postMessage(0);' +
          'for (let i = 0; ; i++) process.env["SHARED" + (i % 500)] = "x".repeat(i % 300);',
        { eval: true, env: SHARE_ENV },
      );
      await once(worker, 'message');
      const codes = new Set();
      for (let i = 0; i < 150; i++) codes.add((await (await posixSpawn('/bin/true', ['true'])).exited).code);
      await worker.terminate();
      say([...codes]);
    `);
    expect(codes).to.deep.equal([0]);
  });

  it('is read through a proxy that a program has put in the place of process.env', async () => {
    const before = process.env;
    process.env = new Proxy(before, {
      get: (env, key) => (key === 'FORKLESS_VIRTUAL' ? 'yes' : Reflect.get(env, key)),
      ownKeys: () => ['FORKLESS_VIRTUAL'],
      getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true, value: 'yes' }),
    });
    try {
      expect((await askProbe()).env).to.deep.equal(['FORKLESS_VIRTUAL=yes']);
    } finally {
      process.env = before;
    }
  });

  it('is read from another object that a program has put in the place of process.env', async () => {
    const before = process.env;
    process.env = { ONLY: 'this' };
    try {
      expect((await askProbe()).env).to.deep.equal(['ONLY=this']);
    } finally {
      process.env = before;
    }
  });

  it('is in a Worker the Worker’s own', async () => {
    const env = await runWorker<string[]>(`
      import { parentPort } from 'node:worker_threads';
      for (const key of Object.keys(process.env)) delete process.env[key];
      process.env.MINE = 'worker';
      parentPort.postMessage((await askProbe()).env);
    `);
    expect(env).to.deep.equal(['MINE=worker']);
  });

  it('is refused where a value of a Worker’s process.env holds a null byte', async () => {
    const code = await runWorker<string>(`
      import { parentPort } from 'node:worker_threads';
      import { posixSpawn } from 'forkless';
      process.env.A = 'x\\0B=injected';
      parentPort.postMessage(await posixSpawn('/bin/true', ['true']).then(() => 'started', (error) => error.code));
    `);
    expect(code).to.equal('ERR_INVALID_ARG_VALUE');
  });

  it('is refused where it is an object that says nothing by its properties', async () => {
    for (const env of [new Map([['A', 'b']]), new Date(), new Set(['A=b'])])
      expect(await refusal(posixSpawn('/bin/true', ['true'], { env: env as never }))).to.equal(
        'ERR_INVALID_ARG_TYPE',
      );
  });

  it('is as it was at the call, although this process changes its own before exec', async () => {
    const value = await runNodeForValue<string>(`
      import { writeFileSync, openSync, constants } from 'node:fs';
      import { FileActions, posixSpawn } from 'forkless';
      const fifo = makeFifo();
      process.env.PROBED = 'before';
      const start = askProbe({ fileActions: new FileActions().addOpen(9, fifo, 'r') });
      for (let i = 0; i < 500; i++) process.env['FILL' + i] = 'x'.repeat(500);
      process.env.PROBED = 'after';
      await until('a reader', () => { try { return openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK); } catch { return 0; } });
      const { env } = await start;
      say(env.find((variable) => variable.startsWith('PROBED=')));
    `);
    expect(value).to.equal('PROBED=before');
  });
});
