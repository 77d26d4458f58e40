import { builtin, nodeProcess } from './builtin.js';

const { isMainThread } = builtin('node:worker_threads');
const { subscribe } = builtin('node:diagnostics_channel');

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
