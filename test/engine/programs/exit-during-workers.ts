// For lifetime.test.ts: ends by process.exit while Workers start processes.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

const program = new URL('./exit-during-workers-worker.js', import.meta.url);
const workers = Array.from({ length: 2 }, () => new Worker(program));
await Promise.all(workers.map((worker) => once(worker, 'message')));
for (let i = 0; i < 20; i++) await new Promise(setImmediate);
process.exit(3);
