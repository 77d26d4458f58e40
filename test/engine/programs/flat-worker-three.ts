// A Worker of flat-workers.ts with three starts under way.
import { parentPort, workerData } from 'node:worker_threads';
import { openPipe, posixSpawn } from 'forkless';

const { path, argv } = workerData as { path: string; argv: string[] };
const fds = openPipe();
for (let i = 0; i < 3; i++) posixSpawn(path, argv, { cloexecDefault: true, fds }).catch(() => {});
parentPort?.postMessage('started');
