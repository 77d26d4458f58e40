// Starts a child that lives longer than its Worker, which exits if it is asked to.
import { parentPort, workerData } from 'node:worker_threads';
import { cp } from './door.js';

const { pid } = cp.spawn('sleep', ['30'], { stdio: workerData.exiting ? 'ignore' : 'pipe' });
parentPort?.postMessage(pid);
if (workerData.exiting) setTimeout(() => process.exit(4), 5);
