// A Worker of flat-workers.ts: each of its starts gets its own pipe and text. Posts how many were wrong.
import { closeSync, readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { openPipe, posixSpawn, posixSpawnSync } from 'forkless';

const { path, name, starts } = workerData as { path: string; name: string; starts: number };
let wrong = 0;

for (let begin = 0; begin < starts; begin += 4)
  await Promise.all([0, 1, 2, 3].map((index) => check(begin + index)));
parentPort?.postMessage(wrong);

async function check(index: number): Promise<void> {
  const text = `${name}-${index}`;
  const [read, write] = openPipe();
  const [unused, other] = openPipe();
  const start = index % 4 === 0 ? posixSpawnSync : posixSpawn;
  const options = { cloexecDefault: true, fds: [null, write, other] };
  const child = await start(path, ['probe', 'write-fd', '1', text], options);
  closeSync(write);
  closeSync(other);
  if (readFileSync(read, 'latin1') !== text) wrong++;
  closeSync(read);
  closeSync(unused);
  if ((await child.exited).code !== 0) wrong++;
  const error = await posixSpawn('/no/such/program', ['x'], { cloexecDefault: true }).catch((error) => error);
  if (error.code !== 'ENOENT' || error.step !== 'execve') wrong++;
}
