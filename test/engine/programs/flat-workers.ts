// For flat-workers.test.ts: flat starts of Workers, while these work, end or are terminated.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { posixSpawn } from 'forkless';
import { readParameters } from '../../support/in-program.js';
import { probeArgv, probePath } from '../../support/probe.js';
import { childrenOf, isGone, openDescriptors, reservedNumbers } from '../../support/proc.js';
import { runScenario } from '../../support/scenarios.js';
import { until } from '../../support/until.js';
import { crowd, flatStarts, SLOTS } from '../flat-crowd.js';
import { tables } from '../flat-meddle.js';

const { workers = 0, starts = 0 } = readParameters<{ workers?: number; starts?: number }>();
const workerData = { path: probePath, argv: probeArgv('exit', 0), starts };

await once(new Worker('', { eval: true }), 'exit'); // what Node opens for the first one it keeps
crowd(700);
await one();
await one();

async function one(): Promise<number | null> {
  const child = await posixSpawn(probePath, probeArgv('exit', 0), { cloexecDefault: true });
  return (await child.exited).code;
}

/** How many there are once all is quiet: what the watcher did for those before is done when it tells of the next. */
async function quiet(): Promise<number> {
  await until('all children are reaped', () => childrenOf().length === 0);
  await one();
  return openDescriptors().size;
}

function programOf(name: string): URL {
  return new URL(`./${name}.js`, import.meta.url);
}

async function terminate(rounds: number): Promise<void> {
  const worker = new Worker(programOf('flat-worker-endless'), { workerData });
  for (let round = 0; round < rounds; round++) await once(worker, 'message');
  await worker.terminate();
}

await runScenario({
  async atTheSameTime() {
    probeArgv('write-fd');
    const open = await quiet();
    let wrong = 0;
    const flat = await flatStarts(async () => {
      const running = Array.from(
        { length: workers },
        (_, index) =>
          new Worker(programOf('flat-worker-exact'), {
            trackUnmanagedFds: false,
            workerData: { ...workerData, name: `worker ${index}` },
          }),
      );
      const ends = running.map((worker) => once(worker, 'exit'));
      const counts = await Promise.all(running.map((worker) => once(worker, 'message')));
      for (const [count] of counts) wrong += count;
      await Promise.all(ends);
    });
    // Node may still be closing what the loader of an ended Worker had open.
    await until('all descriptors are closed', async () => (await quiet()) <= open);
    return { wrong, flat, reserve: reservedNumbers().length };
  },

  async terminated() {
    await terminate(1);
    const open = await quiet();
    const flat = await flatStarts(async () => {
      for (let round = 0; round < 8; round++)
        await Promise.all([1, 2].map((worker) => terminate(1 + ((round + worker) % 4))));
    });
    await until('all descriptors are closed', async () => (await quiet()) <= open);
    return { flat, reserve: reservedNumbers().length, after: await flatStarts(one) };
  },

  async terminatedWhileHeld() {
    tables.installHold(); // this thread, and the Workers that it makes
    const borrowed: number[] = [];
    for (let round = 0; round < 3; round++) {
      tables.holdNext(3);
      const worker = new Worker(programOf('flat-worker-three'), { workerData });
      await once(worker, 'message');
      const pids = await until('all are held', () => tables.heldStarts().length === 3 && tables.heldStarts());
      borrowed.push(SLOTS - reservedNumbers().length);
      await worker.terminate();
      await until('all are gone', () => pids.every(isGone));
    }
    await one();
    return { borrowed, reserve: reservedNumbers().length, after: await flatStarts(one) };
  },
});
