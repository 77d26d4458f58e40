import { builtin } from '../builtin.js';
import { cgroupError, codeOf, isGone } from './errors.js';
import { foldersIn, processesIn, readIfThere, writeText } from './files.js';

const { existsSync, promises } = builtin('node:fs');
const { setTimeout } = builtin('node:timers');

/** How long a killed process may take to go. */
const KILL_MS = 10_000;
/** After the last process has gone, the kernel keeps the folder for 5 to 15 ms. */
const REMOVE_MS = 2000;

/** Kills all processes in the folder and below, and returns when none is left. */
export async function killAll(folder: string): Promise<void> {
  try {
    if (!existsSync(`${folder}/cgroup.kill`)) return await killByFreezing(folder);
    await writeText(`${folder}/cgroup.kill`, '1');
  } catch (error) {
    // somebody else has removed it meanwhile, so nothing is left in it
    if (!isGone(error)) throw error;
  }
  await untilEmpty(folder, nothing);
}

/**
 * Before Linux 5.14, and with v1. What is frozen makes no more processes, and its pids are not used again while they are
 * signalled; a hierarchy without a freezer is signalled until it is empty.
 */
export async function killByFreezing(folder: string): Promise<void> {
  const freezer = await freezerOf(folder);
  try {
    await freezer?.freeze();
    await signalAll(folder);
  } finally {
    await freezer?.thaw();
  }
  await untilEmpty(folder, () => signalAll(folder));
}

async function freezerOf(folder: string): Promise<{ freeze(): Promise<void>; thaw(): Promise<void> } | null> {
  if (existsSync(`${folder}/cgroup.freeze`))
    return freezer(`${folder}/cgroup.freeze`, '1', '0', async () =>
      /^frozen 1$/m.test((await readIfThere(`${folder}/cgroup.events`)) ?? ''),
    );
  if (!existsSync(`${folder}/freezer.state`)) return null;
  const state = `${folder}/freezer.state`;
  return freezer(state, 'FROZEN', 'THAWED', async () => (await readIfThere(state)) === 'FROZEN');
}

function freezer(file: string, on: string, off: string, isFrozen: () => Promise<boolean>) {
  return {
    async freeze() {
      await writeText(file, on);
      // A process in an uninterruptible sleep cannot be frozen: then it is signalled all the same.
      for (let waited = 0; waited < 200 && !(await isFrozen()); waited++) await sleep(5);
    },
    thaw: () => writeText(file, off),
  };
}

async function signalAll(folder: string): Promise<void> {
  for (const pid of await processesIn(folder)) {
    // 0: of another pid namespace; kill(0) would be our own process group
    if (pid === 0) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if (codeOf(error) !== 'ESRCH') throw error;
    }
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function nothing(): Promise<void> {}

/** Counts what it has waited: a test tool may have stopped the clock. */
async function untilEmpty(folder: string, again: () => Promise<void>): Promise<void> {
  let waited = 0;
  for (let wait = 1; ; wait = Math.min(wait * 2, 20)) {
    const left = await processesIn(folder);
    if (left.length === 0) return;
    if (waited > KILL_MS)
      throw cgroupError('ETIMEDOUT', `processes ${left.join(', ')} do not end, kill '${folder}'`, {
        syscall: 'kill',
        path: folder,
      });
    await sleep(wait);
    waited += wait;
    await again();
  }
}

/** Removes the folder and all below it. One that is gone is fine. @throws EBUSY where there are processes */
export async function removeAll(folder: string): Promise<void> {
  let waited = 0;
  for (const each of await foldersIn(folder))
    for (let isThere = true; isThere; ) {
      isThere = !(await removeOne(each, waited >= REMOVE_MS));
      if (isThere) await sleep(WAIT_MS);
      waited += isThere ? WAIT_MS : 0;
    }
}

const WAIT_MS = 5;

/** false: it is busy. */
async function removeOne(folder: string, isLast: boolean): Promise<boolean> {
  try {
    await promises.rmdir(folder);
  } catch (error) {
    if (codeOf(error) === 'EBUSY' && !isLast) return false;
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  return true;
}
