// The parent of workers.test.ts in which only Workers load the library: so nothing here may import it, not even through
// another module. Each Worker ends while it has a child, and what comes of the child is the watcher's alone to see.
import { once } from 'node:events';
import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { readParameters, say } from '../../support/in-program.js';
import { childrenOf } from '../../support/proc.js';
import { makeFifo } from '../../support/temp.js';
import { until } from '../../support/until.js';

const ROUNDS = 5;
const { mode } = readParameters<{ mode: string }>();

for (let round = 0; round < ROUNDS; round++) {
  const fifo = makeFifo();
  const worker = runWorker(mode, fifo);
  await once(worker, 'message');
  if (mode === 'stuck') await until('it is stuck', () => childrenOf().some(({ state }) => state === 'S'));
  await worker.terminate();
  await finish(fifo);
}

const [again] = await once(runWorker('ended', ''), 'message');
await until('nothing is left', () => childrenOf().length === 0);
const mapped = readFileSync('/proc/self/maps', 'latin1').includes('forkless.node');
say({ again, mapped, left: childrenOf().length });

function runWorker(which: string, fifo: string): Worker {
  return new Worker(new URL('./workers-unload-worker.js', import.meta.url), {
    workerData: { fifo, mode: which },
  });
}

/** Ends the child, if it did not go with its Worker, and waits until the watcher has reaped it. */
async function finish(fifo: string): Promise<void> {
  closeSync(openSync(fifo, constants.O_RDWR));
  if (mode === 'running') for (const { pid } of childrenOf()) process.kill(pid, 'SIGKILL');
  await until('the child is reaped', () => childrenOf().length === 0);
}
