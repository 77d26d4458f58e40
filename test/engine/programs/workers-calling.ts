// For workers.test.ts: Workers are terminated while they make one kind of call without end.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { readParameters, say } from '../../support/in-program.js';
import { until } from '../../support/until.js';
import { quietDescriptors } from '../quiet.js';

const { call } = readParameters<{ call: string }>();
await terminate();
const before = await quietDescriptors();
for (let round = 0; round < 10; round++) await Promise.all([terminate(), terminate()]);
await until('all descriptors are closed', async () => (await quietDescriptors()) <= before);
say('nothing left');

async function terminate(): Promise<void> {
  const worker = new Worker(new URL('./workers-calling-worker.js', import.meta.url), { workerData: call });
  await once(worker, 'message');
  await worker.terminate();
}
