// For effects.test.ts: all effects, in the main thread or in a Worker.
import { isMainThread, parentPort } from 'node:worker_threads';
import { readParameters, say } from '../../support/in-program.js';
import { runWorker } from '../../support/run-worker.js';
import { tryEffects } from '../effects.js';

if (!isMainThread) parentPort?.postMessage(await tryEffects());
else if (readParameters<{ worker: boolean }>().worker) say(await runWorker(new URL(import.meta.url)));
else say(await tryEffects());
