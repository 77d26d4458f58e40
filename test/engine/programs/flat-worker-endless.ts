// A Worker of flat-workers.ts that starts processes until it is terminated, and posts each round.
import { parentPort, workerData } from 'node:worker_threads';
import { posixSpawn, posixSpawnSync } from 'forkless';

const { path, argv } = workerData as { path: string; argv: string[] };
const options = { cloexecDefault: true };

for (let round = 0; ; round++) {
  for (let i = 0; i < 5; i++) {
    void posixSpawn(path, argv, options);
    posixSpawn('/no/such/program', ['x'], options).catch(() => {});
  }
  posixSpawnSync(path, argv, options);
  parentPort?.postMessage(round);
  await new Promise(setImmediate);
}
