import { parentPort } from 'node:worker_threads';
import { cp } from './door.js';

cp.spawn('/no/such').on('error', ({ message }) => parentPort?.postMessage(message));
cp.exec('echo a', (_error, stdout) => parentPort?.postMessage(stdout));
