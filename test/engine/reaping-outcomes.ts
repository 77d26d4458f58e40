import { release } from 'node:os';
import type { PosixSpawnOptions } from 'forkless';
import type { Start } from '../support/probe.js';

/** From Linux 6.15 on the pidfd of a process that somebody else reaped still tells how it ended. */
export const kernelTells = (() => {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  return major > 6 || (major === 6 && minor >= 15);
})();

/** A start as one word: its code, its signal, 'unknown' or an error. */
export async function outcome(
  start: Start,
  path: string,
  argv: readonly string[],
  options?: PosixSpawnOptions,
): Promise<string> {
  try {
    const child = await start(path, argv, options);
    const { code, signal, reapedElsewhere, resourceUsage } = await child.exited;
    if (reapedElsewhere !== (resourceUsage === null)) return 'usage does not fit';
    return String(code ?? signal ?? (reapedElsewhere ? 'unknown' : 'nothing'));
  } catch (error) {
    const { code, step } = error as { code: string; step?: string };
    return step === undefined ? String(error) : code;
  }
}

/** The outcomes of `count` attempts, ten at a time. */
export async function outcomes(
  count: number,
  attempt: (index: number) => Promise<string>,
): Promise<string[]> {
  const list: string[] = [];
  const lane = async (): Promise<void> => {
    while (list.length < count) {
      const index = list.push('') - 1;
      list[index] = await attempt(index);
    }
  };
  await Promise.all(Array.from({ length: 10 }, lane));
  return list;
}
