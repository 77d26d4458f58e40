// A Worker of workers.test.ts: its starts, each of which it hears of. Posts what was wrong.
import { parentPort, workerData } from 'node:worker_threads';
import { posixSpawn, posixSpawnSync } from 'forkless';
import { probeArgv, probePath } from '../../support/probe.js';

const { worker, workers, starts } = workerData as { worker: number; workers: number; starts: number };
const wrong: string[] = [];
for (let begin = 0; begin < starts; begin += 20)
  await Promise.all(Array.from({ length: 20 }, (_, index) => check(begin + index)));
parentPort?.postMessage(wrong);

async function check(index: number): Promise<void> {
  const code = (index * workers + worker) % 251;
  const start = index % 10 === 9 ? posixSpawnSync : posixSpawn;
  const child = await start(probePath, probeArgv('exit', code));
  const end = await child.exited;
  if (end.code !== code) wrong.push(`${index}: ${JSON.stringify(end)}`);
  const path = `/no/worker/${worker}`;
  const error = await posixSpawn(path, ['x']).catch((error) => error);
  if (error.code !== 'ENOENT' || error.path !== path) wrong.push(String(error));
}
