// Writes a lie before the package is loaded or after it, here or in a Worker, and then tries to start processes.
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { readParameters, say } from '../../support/in-program.js';
import { lies } from './lies.js';
import { loadDoors, tryStarts } from './refused-starts.js';

interface Parameters {
  readonly lie: keyof typeof lies;
  readonly afterLoad: boolean;
  readonly inWorker: boolean;
  readonly made: string;
}

const parameters: Parameters = isMainThread ? readParameters<Parameters>() : workerData;
const { lie, afterLoad, inWorker, made } = parameters;
if (isMainThread && inWorker) {
  new Worker(new URL(import.meta.url), { workerData: parameters }).on('message', say);
} else {
  const tell = isMainThread ? say : (value: unknown) => parentPort?.postMessage(value);
  if (afterLoad) {
    const doors = await loadDoors();
    await lies[lie]();
    tell(await tryStarts(doors, made));
  } else {
    await lies[lie]();
    tell(await tryStarts(await loadDoors(), made));
  }
}
