// Starts a child as never-waits-parent does, in a Worker that ends, or is terminated, while the child is held.
import { parentPort, workerData } from 'node:worker_threads';
import { cp } from './door.js';
import { startHeld } from './gate.js';

const child = startHeld(
  () => cp.spawn('/bin/sh', ['-c', 'read end; echo the child ran'], { stdio: [0, 1, 2] }),
  1,
  workerData.point,
);
const { way } = workerData;
if (way === 'a Worker that is terminated') setInterval(() => {}, 1000);
if (way === 'a Worker that ends') child.unref();
// Not while the module is evaluated: Node 24 crashes then.
setImmediate(() => {
  parentPort?.postMessage(child.pid);
  if (way === 'a Worker that exits') process.exit(4);
  if (way === 'a Worker that throws') throw new Error('thrown in the Worker');
});
