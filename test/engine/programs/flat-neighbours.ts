// For flat-neighbours.test.ts: how long the end of a pipe takes while Workers start programs that live on.
import { once } from 'node:events';
import { closeSync, readSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { features, openPipe, posixSpawnSync } from 'forkless';
import { readParameters, say } from '../../support/in-program.js';
import { probeArgv, probePath } from '../../support/probe.js';
import { childrenOf } from '../../support/proc.js';
import { until } from '../../support/until.js';
import { crowd } from '../flat-crowd.js';

const parameters = readParameters<{ workers: number; starts: number }>();

crowd(600);
posixSpawnSync(probePath, probeArgv('exit', 0), { cloexecDefault: true });
const workerData = { path: probePath, argv: probeArgv('block') };
const program = new URL('./flat-neighbours-worker.js', import.meta.url);
const workers = Array.from({ length: parameters.workers }, () => new Worker(program, { workerData }));
await Promise.all(workers.map((worker) => once(worker, 'message')));

const before = features();
const waits: number[] = [];
let wrong = 0;
for (let i = 0; features().rungs[1] - before.rungs[1] < parameters.starts; i++) {
  const [read, write] = openPipe();
  if (i % 2 === 0) await new Promise(setImmediate);
  closeSync(write);
  const begin = performance.now();
  if (readSync(read, Buffer.alloc(1)) !== 0) wrong++;
  waits.push(performance.now() - begin);
  closeSync(read);
}
const after = features();

const exits = workers.map((worker) => once(worker, 'exit'));
for (const worker of workers) worker.postMessage('stop');
await Promise.all(exits);
await until('all have ended', () => childrenOf().length === 0);
say({ waits, wrong, flat: after.flat - before.flat, started: after.rungs[1] - before.rungs[1] });
