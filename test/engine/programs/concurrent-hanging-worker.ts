// A Worker of concurrent-verdicts.ts: its starts hang from one message to the next. Posts how many were aborted.
import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { posixSpawn } from 'forkless';
import { stuckOn } from '../../support/stuck.js';

const { fifo, count } = workerData as { fifo: string; count: number };
if (parentPort === null) throw new Error('this is a Worker');
const options = stuckOn(fifo);
parentPort.postMessage('loaded');
for (;;) {
  await once(parentPort, 'message');
  const controller = new AbortController();
  const { signal } = controller;
  const names = Array.from({ length: count }, () =>
    posixSpawn('/bin/true', ['true'], { ...options, signal }).then(
      () => 'started',
      ({ name }) => name,
    ),
  );
  await once(parentPort, 'message');
  controller.abort();
  parentPort.postMessage((await Promise.all(names)).filter((name) => name === 'AbortError').length);
}
