// A Worker of signals.test.ts: what its children have of its signal mask.
import { parentPort, workerData } from 'node:worker_threads';
import { posixSpawnSync } from 'forkless';
import { meddle } from '../../support/meddle.js';
import { askProbe } from '../../support/probe.js';

const before = meddle.getMask();
meddle.setMask(workerData as string);
const reports = [
  await askProbe(),
  await askProbe({}, posixSpawnSync),
  await askProbe({ sigmask: ['SIGHUP'] }),
];
parentPort?.postMessage({ before, reports, after: meddle.getMask() });
