// For the tests of the flat mode and their programs.
import { closeSync, openSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { features } from 'forkless';

/** What the reserve has when nothing is borrowed. */
export const SLOTS = 32;

/** Opens so many on /dev/null. */
export function crowd(count: number): number[] {
  return Array.from({ length: count }, () => openSync('/dev/null', 'r'));
}

export function uncrowd(fds: readonly number[]): void {
  for (const fd of fds) closeSync(fd);
}

/** How many starts were flat while `run` ran. */
export async function flatStarts(run: () => unknown): Promise<number> {
  const before = features().flat;
  await run();
  return features().flat - before;
}

/** Node has raised the soft limit to the hard one. */
export function hasRoomFor(count: number): boolean {
  const limit = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1];
  return limit === 'unlimited' || Number(limit) >= count + 500;
}

/** For `before`: close_range is of Linux 5.9, and since 6.2 the system says at once how many descriptors are open. */
export function needLinux(context: Mocha.Context, major: number, minor: number): void {
  const [ours = 0, part = 0] = release().split('.').map(Number);
  if (ours > major || (ours === major && part >= minor)) return;
  console.error(`SKIPPED: needs Linux ${major}.${minor}, this is ${release()}`);
  context.skip();
}
