import { closeSync, openSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { spawn } from 'forkless/child_process';
import { readParameters, say } from '../../support/in-program.js';
import { isGone, openSockets, stateOf, stuckChildren } from '../../support/proc.js';
import { makeFifo } from '../../support/temp.js';
import { until } from '../../support/until.js';

const { pipes, named } = readParameters<{ pipes: number; named: number }>();
spawn('/bin/true', { stdio: 'ignore' });
const before = openSockets();
// Stuck before exec: the Worker waits for it, and is terminated while it does.
const fifo = makeFifo();
const program = new URL('./stuck-in-worker.js', import.meta.url);
for (let round = 0; round < 3; round++) {
  const worker = new Worker(program, { workerData: { fifo, pipes, named } });
  const stuck = await until('it is stuck', () => stuckChildren()[0]);
  const ended = worker.terminate();
  closeSync(openSync(fifo, 'r+'));
  await ended;
  // cat ends with its input
  await until('the child has ended', () => isGone(stuck) || stateOf(stuck) === 'Z');
}
await until('all streams are closed', () => openSockets() <= before);
say({ left: openSockets() - before, children: stuckChildren().length });
process.exit();
