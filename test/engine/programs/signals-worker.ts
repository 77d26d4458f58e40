// A Worker of signals-parent.test.ts: its mask after each of its starts.
import { parentPort, workerData } from 'node:worker_threads';
import { posixSpawn, posixSpawnSync } from 'forkless';
import { meddle } from '../../support/meddle.js';

meddle.setMask(workerData as string);
const masks: string[] = [];
for (const start of [posixSpawn, posixSpawnSync])
  for (const path of ['/bin/true', '/no/such/program']) {
    try {
      await (await start(path, ['x'])).exited;
    } catch {
      // the mask after a failure is what counts
    }
    masks.push(meddle.getMask());
  }
parentPort?.postMessage(masks);
