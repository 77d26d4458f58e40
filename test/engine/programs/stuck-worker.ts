// A Worker whose starts hang before exec, and which says so once they are made.
import { parentPort, workerData } from 'node:worker_threads';
import { posixSpawn } from 'forkless';
import { stuckOn } from '../../support/stuck.js';

const { fifo, count = 1 } = workerData as { fifo: string; count?: number };
for (let i = 0; i < count; i++) posixSpawn('/bin/true', ['true'], stuckOn(fifo)).catch(() => {});
parentPort?.postMessage('started');
