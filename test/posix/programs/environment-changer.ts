// A Worker of environment.ts that changes the environment which it shares, without end.
import { parentPort } from 'node:worker_threads';

parentPort?.postMessage('begins');
for (let i = 0; ; i++) process.env[`SHARED${i % 500}`] = 'x'.repeat(i % 300);
