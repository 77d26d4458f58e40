// A Worker of workers-terminated.ts: good starts, failures, stuck ones and blocking ones, until it is terminated.
import { parentPort, workerData } from 'node:worker_threads';
import { FileActions, posixSpawn, posixSpawnSync } from 'forkless';

const fileActions = new FileActions().addOpen(5, workerData as string, 'r');
for (let round = 0; ; round++) {
  posixSpawn('/bin/true', ['true'], { fileActions }).catch(() => {});
  for (let i = 0; i < 10; i++) {
    void posixSpawn('/bin/true', ['true']);
    posixSpawn('/no/such/program', ['x']).catch(() => {});
  }
  posixSpawnSync('/bin/true', ['true']);
  parentPort?.postMessage(round);
  await new Promise(setImmediate);
}
