// For combinations.test.ts: all rows, in the main thread or in a Worker.

import { isMainThread, parentPort } from 'node:worker_threads';
import { readParameters, say } from '../../support/in-program.js';
import { childrenOf, openDescriptors } from '../../support/proc.js';
import { runWorker } from '../../support/run-worker.js';
import { tryCombinations } from '../combinations.js';

if (!isMainThread) {
  parentPort?.postMessage(await tryCombinations());
} else {
  const { worker } = readParameters<{ worker: boolean }>();
  const run = (): Promise<object> =>
    worker ? runWorker<object>(new URL(import.meta.url)) : tryCombinations();
  await run(); // what lasts is open now
  const before = openDescriptors().size;
  const verdict = await run();
  say({ ...verdict, grown: openDescriptors().size - before, left: childrenOf().length });
}
