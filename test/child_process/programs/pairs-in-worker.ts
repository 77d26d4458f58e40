// Makes pairs of sockets, and lives until it is terminated.
import { parentPort } from 'node:worker_threads';
import { binding } from '#lib/binding.js';

for (const count of [2, 8, 66]) binding().socketPairs(new Int32Array(count));
parentPort?.once('message', () => {}).postMessage(0);
