import { parentPort } from 'node:worker_threads';
import { cp } from './door.js';

const child = cp.spawn('/bin/sh', ['-c', 'echo text; exit 3']);
for (const event of ['spawn', 'exit', 'close'])
  child.on(event, (...args) => parentPort?.postMessage([event, ...args].join()));
child.stdout.on('data', (text) => parentPort?.postMessage(String(text)));
