// Run by `forkless doctor`: starts children in the way that FORKLESS_RUNG and FORKLESS_FLAT force, prints the result as
// JSON.
import { FileActions } from '../file-actions.js';
import { openPipe } from '../posix/descriptors.js';
import { features } from '../posix/features.js';
import { posixSpawnSync } from '../posix/posix-spawn.js';
import type { Trial } from './trial-report.js';
import { printTrial } from './trial-report.js';

function attempt(): Trial {
  let error: string | null = null;
  try {
    startNode();
    startNode(); // the first one of a process is never flat
  } catch (reason) {
    error = String(reason instanceof Error ? reason.message : reason);
  }
  const { rung, flat } = features();
  return { rung, flat: flat > 0, error };
}

/** Its output goes into a pipe that is never read: some systems have no /dev/null. */
function startNode(): void {
  const [read, write] = openPipe();
  const silent = new FileActions().addDup2(read, 0).addDup2(write, 1).addDup2(write, 2);
  posixSpawnSync(process.execPath, [process.execPath, '--version'], {
    fileActions: silent,
    cloexecDefault: true,
  });
}

process.stdout.write(printTrial(attempt()));
