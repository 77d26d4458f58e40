// A Worker of workers-calling.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { features, posixSpawn, posixSpawnSync } from 'forkless';

const calls: Record<string, () => unknown> = {
  dlopen: () => process.dlopen({ exports: {} }, features().binary ?? ''),
  features: () => features(),
  posixSpawn: () => posixSpawn('/no/such/program', ['x']),
  posixSpawnSync: () => posixSpawnSync('/bin/true', ['true']),
};
const call = calls[workerData as string];
if (call === undefined) throw new Error(`there is no call ${workerData}`);
call();
parentPort?.postMessage('ready');
for (;;) call();
