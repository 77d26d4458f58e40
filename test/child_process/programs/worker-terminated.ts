import { Worker } from 'node:worker_threads';
import { door } from './door.js';

const worker = new Worker(new URL('./sleep-in-worker.js', import.meta.url), { workerData: { door } });
worker.once('message', async (pid) => {
  console.log('terminated', await worker.terminate());
  process.kill(pid, 0);
  process.kill(pid);
  console.log('alive');
});
