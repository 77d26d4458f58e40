// For pdeathsig.test.ts, in a Worker: how many of its children have got their signal.
import { parentPort } from 'node:worker_threads';
import { askProbe } from '../../support/probe.js';

let count = 0;
for (let i = 0; i < 25; i++) if ((await askProbe({ pdeathsig: 'SIGUSR2' })).pdeathsig === 12) count++;
parentPort?.postMessage(count);
