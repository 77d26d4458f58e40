// A Worker of flat-neighbours.ts: starts programs one after the other until it gets a message.
import { parentPort, workerData } from 'node:worker_threads';
import type { Process } from 'forkless';
import { posixSpawn } from 'forkless';

const { path, argv } = workerData as { path: string; argv: string[] };
const children: Process[] = [];
let goesOn = true;
parentPort?.once('message', () => {
  goesOn = false;
});
parentPort?.postMessage('ready');
while (goesOn) {
  children.push(await posixSpawn(path, argv, { cloexecDefault: true }));
  // it lives on, so that what it holds it holds for long
  if (children.length > 4) children.shift()?.kill('SIGKILL');
  await new Promise(setImmediate);
}
for (const child of children) child.kill('SIGKILL');
await Promise.all(children.map(({ exited }) => exited));
