// Holds a large output until it is terminated.
import { parentPort } from 'node:worker_threads';
import { spawnSync } from 'forkless/child_process';

const { stdout } = spawnSync('head', ['-c', '3000000', '/dev/zero'], { maxBuffer: Number.POSITIVE_INFINITY });
Object.assign(globalThis, { kept: stdout });
parentPort?.postMessage(stdout);
