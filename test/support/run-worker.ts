import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { makeScript } from './script.js';

/**
 * Runs a script (text of an ES module, or the URL of a file) in a Worker of this process until its end.
 * Resolves with the first value that it gives to `parentPort.postMessage`, undefined if there was none.
 */
export async function runWorker<T>(source: string | URL, workerData?: unknown): Promise<T> {
  using script = makeScript(source);
  const worker = new Worker(script.url, { workerData });
  const messages: T[] = [];
  worker.on('message', (value: T) => messages.push(value));
  await once(worker, 'exit'); // rejects by the Worker's own error
  return messages[0] as T;
}
