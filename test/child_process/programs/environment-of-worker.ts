import { parentPort } from 'node:worker_threads';
import { cp } from './door.js';

process.env['OF_WORKER'] = 'yes';
cp.exec('echo $OF_WORKER', (_error, stdout) => parentPort?.postMessage(stdout));
