// Cgroups for tests, where this machine has them and lets this process make some.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Cgroup, CgroupOptions } from 'forkless/cgroup';
import { createCgroup } from 'forkless/cgroup';

/** Makes one and gives it to `use`; it is gone at the end. Skips the test, and says so, where there can be none. */
export async function withCgroup(
  context: Mocha.Context,
  options: CgroupOptions,
  use: (group: Cgroup) => Promise<void>,
): Promise<void> {
  const group = await cgroupOrSkip(context, options);
  try {
    await use(group);
  } finally {
    await group[Symbol.asyncDispose]();
  }
}

const impossible = ['ENOTSUP', 'EACCES', 'EPERM', 'EROFS', 'EBUSY', 'ENOENT'];

async function cgroupOrSkip(context: Mocha.Context, options: CgroupOptions): Promise<Cgroup> {
  try {
    return await createCgroup(options);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    // Only where not even an empty one can be made with these controllers: else the limit is at fault.
    const { memory, oomGroup, pids, cpu } = options;
    const controllers = [
      ...(memory !== undefined || oomGroup !== undefined ? ['memory'] : []),
      ...(pids === undefined ? [] : ['pids']),
      ...(cpu === undefined ? [] : ['cpu']),
      ...(options.controllers ?? []),
    ];
    const bare = await createCgroup({ controllers }).catch(() => undefined);
    await bare?.remove();
    if (bare !== undefined && !(code === 'ENOTSUP' && oomGroup !== undefined)) throw error;
    if (!impossible.includes(code)) throw error;
    return skip(context, message);
  }
}

/** Says why a test does not run. */
export function skip(context: Mocha.Context, why: string): never {
  console.error(`      DID NOT RUN, for want of cgroups: ${why}`);
  context.skip();
  throw new Error('not reached');
}

/**
 * Without this, a machine with swap space would move memory there instead of killing anybody. The limits of the whole
 * group are those of its memory then.
 */
export function withoutSwap({ paths }: Cgroup): void {
  for (const path of paths) {
    if (existsSync(`${path}/memory.swap.max`)) writeFileSync(`${path}/memory.swap.max`, '0');
    else if (existsSync(`${path}/memory.swappiness`)) writeFileSync(`${path}/memory.swappiness`, '0');
  }
}

/** The cgroups of a process as /proc has them, a line for each hierarchy. */
export function cgroupsOf(pid: number | 'self'): string[] {
  return readFileSync(`/proc/${pid}/cgroup`, 'utf8').trim().split('\n');
}

/** The last parts of the paths in a text of /proc/PID/cgroup. */
export function namesIn(text: string): string[] {
  return text
    .trim()
    .split('\n')
    .map((line) => line.split('/').at(-1) ?? '');
}

export function areGone(paths: readonly string[]): boolean {
  return paths.every((path) => !existsSync(path));
}
