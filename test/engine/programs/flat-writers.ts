// For flat-neighbours.test.ts: Workers that write programs and start them, and what came of it.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { features } from 'forkless';
import { readParameters, say } from '../../support/in-program.js';
import { tempPath } from '../../support/temp.js';
import { crowd } from '../flat-crowd.js';

const { writers, rounds, cloexecDefault } = readParameters<{
  writers: number;
  rounds: number;
  cloexecDefault: boolean;
}>();

crowd(600);
const program = new URL('./writer-worker.js', import.meta.url);
const workers = Array.from(
  { length: writers },
  () => new Worker(program, { workerData: { prefix: tempPath('script'), rounds, cloexecDefault } }),
);
const counts: Record<string, number> = {};
const messages: [Record<string, number>][] = await Promise.all(
  workers.map((worker) => once(worker, 'message') as Promise<[Record<string, number>]>),
);
for (const [ofWorker] of messages)
  for (const [result, count] of Object.entries(ofWorker)) counts[result] = (counts[result] ?? 0) + count;
say({ counts, flat: features().flat });
