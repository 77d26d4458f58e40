import { openSync } from 'node:fs';
import { posixSpawn, posixSpawnSync } from 'forkless';
import * as ours from 'forkless/child_process';
import { ignoring, synchronous, withPipes } from './child-process.mjs';

const nothing = openSync('/dev/null', 'r+');
const fds = [nothing, nothing, nothing];
const process = { ended: (process) => process.exited, kill: (process) => process.kill('SIGKILL') };

export const ways = {
  posixSpawn: {
    ...process,
    promises: true,
    call: (file) => posixSpawn(file, [file], { fds, cloexecDefault: true }),
  },
  posixSpawnInheriting: {
    ...process,
    promises: true,
    call: (file) => posixSpawn(file, [file], { fds }),
  },
  posixSpawnSync: { ...process, call: (file) => posixSpawnSync(file, [file], { fds, cloexecDefault: true }) },
  // spawn of a file that it has started before returns without waiting for exec
  dropIn: ignoring(ours, { knowsExec: false }),
  dropInPipes: withPipes(ours, { knowsExec: false }),
  dropInSync: synchronous(ours),
};
