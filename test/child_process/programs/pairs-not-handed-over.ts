import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import 'forkless/child_process';
import { say } from '../../support/in-program.js';
import { openSockets } from '../../support/proc.js';
import { until } from '../../support/until.js';

const before = openSockets();
const worker = new Worker(new URL('./pairs-in-worker.js', import.meta.url));
await once(worker, 'message');
const made = openSockets() - before;
await worker.terminate();
await until('they are closed', () => openSockets() <= before).catch(() => {});
say({ made, left: openSockets() - before });
