import { Worker } from 'node:worker_threads';
import { spawn } from 'forkless/child_process';
import { say } from '../../support/in-program.js';
import { childrenOf } from '../../support/proc.js';
import { until } from '../../support/until.js';

const worker = new Worker(new URL('./busy-in-worker.js', import.meta.url));
await new Promise((resolve) => worker.once('message', resolve));
await until('all have ended', () => childrenOf().filter(({ state }) => state === 'Z').length === 20);
await worker.terminate();
await until('all are reaped', () => childrenOf().length === 0);
spawn('/bin/true', { stdio: 'ignore' }).unref();
await until('that is reaped too', () => childrenOf().length === 0);
say(childrenOf());
