// A Worker of workers-unload.ts, which alone loads the library: a child that runs, that has ended or that is stuck.
import { parentPort, workerData } from 'node:worker_threads';
import { FileActions, posixSpawn } from 'forkless';

const { fifo, mode } = workerData as { fifo: string; mode: string };
if (mode === 'running') await posixSpawn('/bin/sleep', ['sleep', '1000']);
else if (mode === 'ended') await (await posixSpawn('/bin/true', ['true'])).exited;
else {
  const fileActions = new FileActions().addOpen(5, fifo, 'r');
  posixSpawn('/bin/true', ['true'], { fileActions }).catch(() => {});
}
parentPort?.postMessage(mode);
if (mode === 'unwatched') process.exit();
