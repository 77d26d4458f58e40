import workerThreads, { Worker } from 'node:worker_threads';
import { say } from '../../support/in-program.js';
import { common, textOf } from './worker-forms.js';

const { Worker: NodeWorker } = workerThreads;
await import('forkless/register');
const worker = new workerThreads.Worker(textOf(common), { eval: true });
const { name, length, prototype } = workerThreads.Worker;
say([
  worker instanceof NodeWorker,
  worker instanceof workerThreads.Worker,
  new NodeWorker('', { eval: true }) instanceof workerThreads.Worker,
  name,
  length,
  prototype === NodeWorker.prototype,
  Worker === workerThreads.Worker,
]);
