// Starts children without end, and tells of each.
import { parentPort } from 'node:worker_threads';
import { spawn } from 'forkless/child_process';

for (;;) {
  spawn('cat').stdin.end();
  parentPort?.postMessage(1);
}
