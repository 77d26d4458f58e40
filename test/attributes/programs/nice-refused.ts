// For limits.test.ts, without CAP_SYS_NICE: a nice value below that of the parent, by every way to start.
import { once } from 'node:events';
import type { SpawnError } from 'forkless';
import { posixSpawn, posixSpawnSync } from 'forkless';
import { spawn, spawnSync } from 'forkless/child_process';
import { say } from '../../support/in-program.js';

const options = { nice: -5 };
const told = ({ code, step, syscall }: SpawnError) => ({ code, step, syscall });
const posix = async (start: typeof posixSpawn | typeof posixSpawnSync) => {
  try {
    await (await start('/bin/true', ['true'], options)).exited;
    return 'started';
  } catch (error) {
    return told(error as SpawnError);
  }
};
const [error] = await once(spawn('/bin/true', [], options), 'error');
const { error: errorOfSync } = spawnSync('/bin/true', [], options);
say({
  posixSpawn: await posix(posixSpawn),
  posixSpawnSync: await posix(posixSpawnSync),
  spawn: told(error.cause),
  spawnSync: told((errorOfSync as Error).cause as SpawnError),
});
