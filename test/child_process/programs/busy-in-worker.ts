// Starts children, and never comes to hear of their ends.
import { parentPort } from 'node:worker_threads';
import { spawn } from 'forkless/child_process';

for (let n = 0; n < 20; n++) spawn('/bin/true');
parentPort?.postMessage(1);
for (;;);
