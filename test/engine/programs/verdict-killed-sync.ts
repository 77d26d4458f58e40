// For verdict.test.ts: posixSpawnSync, whose child is killed before exec.
import { Worker } from 'node:worker_threads';
import { posixSpawnSync, SpawnError } from 'forkless';
import { readParameters, say } from '../../support/in-program.js';
import { probeArgv, probePath } from '../../support/probe.js';
import { stuckOn } from '../../support/stuck.js';

const { fifo } = readParameters<{ fifo: string }>();
// The main thread is blocked by then: another one has to kill.
const killer = new Worker(new URL('./killer-worker.js', import.meta.url));
try {
  posixSpawnSync(probePath, probeArgv('exit', 0), stuckOn(fifo));
} catch (error) {
  if (!(error instanceof SpawnError)) throw error;
  say({ ...error });
}
await killer.terminate();
