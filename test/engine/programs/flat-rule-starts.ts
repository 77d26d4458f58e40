// What the programs of flat-rule.test.ts have in common.
import type { ExitStatus, PosixSpawnOptions, Process } from 'forkless';
import { posixSpawn, posixSpawnSync } from 'forkless';
import { probeArgv, probePath } from '../../support/probe.js';
import { childrenOf, openDescriptors } from '../../support/proc.js';
import { until } from '../../support/until.js';

export const argv = probeArgv('exit', 0);

export function start(options: PosixSpawnOptions = {}): Process {
  return posixSpawnSync(probePath, argv, { cloexecDefault: true, ...options });
}

export function times(count: number, run: () => unknown): void {
  for (let i = 0; i < count; i++) run();
}

/** The exit codes of so many starts, or the error and its step. */
export async function codes(count: number, options?: PosixSpawnOptions): Promise<(number | string | null)[]> {
  const seen: (number | string | null)[] = [];
  for (let i = 0; i < count; i++) {
    const ending = async (): Promise<ExitStatus> => start(options).exited;
    seen.push(await ending().then(({ code }) => code, textOf));
  }
  return seen;
}

export function textOf({ code, step }: { code: string; step: string }): string {
  return `${code} at ${step}`;
}

/** How many descriptors are open once nothing is under way. */
export async function quiet(): Promise<number> {
  await until('all are reaped', () => childrenOf().length === 0);
  await (await posixSpawn(probePath, argv)).exited;
  return openDescriptors().size;
}
