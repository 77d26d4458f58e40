// For environment.test.ts: what the children of this process have of its environment.
import { once } from 'node:events';
import { constants, openSync } from 'node:fs';
import { SHARE_ENV, Worker } from 'node:worker_threads';
import type { PosixSpawnOptions } from 'forkless';
import { explain, FileActions, posixSpawn } from 'forkless';
import { askProbe } from '../../support/probe.js';
import { runScenario } from '../../support/scenarios.js';
import { makeFifo } from '../../support/temp.js';
import { until } from '../../support/until.js';

async function testVariables(options: PosixSpawnOptions = {}): Promise<string[]> {
  return (await askProbe(options)).env.filter((entry) => entry.includes('T_'));
}

async function byAllWays(): Promise<string[][]> {
  return [
    await testVariables(),
    await testVariables({ env: process.env }),
    await testVariables({ env: { ...process.env } }),
  ];
}

await runScenario({
  async explained() {
    const line = (): string | undefined =>
      explain('/bin/true', ['true'])
        .split('\n')
        .find((text) => text.startsWith('env: '));
    const before = line();
    await once(new Worker('', { eval: true }), 'exit');
    return [before, line(), `env: ${Object.keys(process.env).length} variables`];
  },

  async odd() {
    const shown = Object.entries(process.env)
      .map((entry) => Buffer.from(entry.join('=')).toString('latin1'))
      .filter((entry) => entry.includes('T_'));
    const before = await byAllWays();
    // with an env of its own: Node aborts where it cannot copy such a key
    await once(new Worker('', { eval: true, env: {} }), 'exit');
    return [shown, ...before, ...(await byAllWays())];
  },

  async emptied() {
    const count = async (): Promise<number> => (await askProbe()).env.length;
    const full = await count();
    for (const key of Object.keys(process.env)) delete process.env[key];
    const empty = await count();
    process.env['A'] = '';
    return [full > 1, empty, await count()];
  },

  async shared() {
    const worker = new Worker(new URL('./environment-changer.js', import.meta.url), { env: SHARE_ENV });
    await once(worker, 'message');
    const codes = new Set<number | null>();
    for (let i = 0; i < 150; i++) codes.add((await (await posixSpawn('/bin/true', ['true'])).exited).code);
    await worker.terminate();
    return [...codes];
  },

  async changedBeforeExec() {
    const fifo = makeFifo();
    process.env['PROBED'] = 'before';
    const start = askProbe({ fileActions: new FileActions().addOpen(9, fifo, 'r') });
    for (let i = 0; i < 500; i++) process.env[`FILL${i}`] = 'x'.repeat(500);
    process.env['PROBED'] = 'after';
    await until('a reader', () => openedForWriting(fifo));
    const { env } = await start;
    return env.find((variable) => variable.startsWith('PROBED='));
  },
});

/** Whether somebody reads from the FIFO. */
function openedForWriting(fifo: string): boolean {
  try {
    openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK);
    return true;
  } catch {
    return false;
  }
}
