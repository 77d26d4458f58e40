// Started by the doctor: one start in the way that FORKLESS_RUNG and FORKLESS_FLAT force. Says how it went, as JSON.
import { FileActions } from '../options/file-actions.js';
import { openPipe } from '../posix/descriptors.js';
import { features } from '../posix/features.js';
import { posixSpawnSync } from '../posix/posix-spawn.js';
import type { Trial } from './trial-report.js';
import { printTrial } from './trial-report.js';

function attempt(): Trial {
  let error: string | null = null;
  try {
    start();
    start(); // the first one of a process is never flat
  } catch (reason) {
    error = String(reason instanceof Error ? reason.message : reason);
  }
  const { rung, flat } = features();
  return { rung, flat: flat > 0, error };
}

/** What the program prints goes nowhere, by a pipe that is never read: there are systems without a /dev/null. */
function start(): void {
  const [read, write] = openPipe();
  const silent = new FileActions().addDup2(read, 0).addDup2(write, 1).addDup2(write, 2);
  posixSpawnSync(process.execPath, [process.execPath, '--version'], {
    fileActions: silent,
    cloexecDefault: true,
  });
}

process.stdout.write(printTrial(attempt()));
