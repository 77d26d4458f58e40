import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { cp, door } from './door.js';

const program = new URL('./many-in-worker.js', import.meta.url);
await Promise.all(
  Array.from({ length: 8 }, async (_, n) => {
    const worker = new Worker(program, { workerData: { door } });
    const exited = once(worker, 'exit');
    await Promise.race([exited, once(worker, 'message')]);
    if (n % 2) await worker.terminate();
    await exited;
  }),
);
cp.spawn('/bin/true').on('exit', (code) => console.log(code));
