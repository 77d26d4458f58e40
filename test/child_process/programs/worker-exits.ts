import { Worker } from 'node:worker_threads';
import { door } from './door.js';

const worker = new Worker(new URL('./sleep-in-worker.js', import.meta.url), {
  workerData: { door, exiting: true },
});
worker.once('message', (pid) =>
  worker.on('exit', (code) => {
    process.kill(pid);
    console.log(code);
  }),
);
