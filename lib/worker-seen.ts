import { builtin, nodeProcess, wasLoaded } from './builtin.js';

const { subscribe } = builtin('node:diagnostics_channel');

/** Node itself loads this module in each Worker. Loading it here would take a millisecond of a program without Workers. */
const isMainThread = !wasLoaded('worker_threads') || builtin('node:worker_threads').isMainThread;

let seen = !isMainThread;
const note = (): void => {
  seen = true;
};
if (isMainThread) {
  nodeProcess.once('worker', note);
  // Not in every Node, but published when the Worker is made; the event above is emitted a tick later.
  subscribe('worker_threads', note);
}

/** This thread is a Worker, or one exists or has existed since this package was imported. */
export function workerSeen(): boolean {
  return seen;
}
