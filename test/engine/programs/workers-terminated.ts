// For workers.test.ts: Workers are terminated in the middle of starts, 100 times, and what is left then.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { posixSpawn } from 'forkless';
import { say } from '../../support/in-program.js';
import { probeArgv, probePath } from '../../support/probe.js';
import { makeFifo } from '../../support/temp.js';
import { until } from '../../support/until.js';
import { quietDescriptors } from '../quiet.js';

const fifo = makeFifo();
await terminate(1);
const before = await quietDescriptors();
for (let round = 0; round < 25; round++)
  await Promise.all([1, 2, 3, 4].map((worker) => terminate(1 + ((round + worker) % 4))));
// Node may still be closing what the loader of an ended Worker had open.
await until('all descriptors are closed', async () => (await quietDescriptors()) <= before);
const child = await posixSpawn(probePath, probeArgv('exit', 5));
say({ code: (await child.exited).code });

async function terminate(rounds: number): Promise<void> {
  const worker = new Worker(new URL('./workers-terminated-worker.js', import.meta.url), { workerData: fifo });
  for (let round = 0; round < rounds; round++) await once(worker, 'message');
  await worker.terminate();
}
