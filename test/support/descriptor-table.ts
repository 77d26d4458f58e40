import type { PosixSpawnOptions } from 'forkless';
import { getCloexec } from 'forkless';
import type { ProbeReport } from './probe.js';
import { askProbe } from './probe.js';
import { openDescriptors, reservedNumbers } from './proc.js';

/** Number to target, as /proc links it. */
export type Table = Map<number, string>;

/** The descriptors that a program has which was started with these options. */
export async function tableWith(options: PosixSpawnOptions = {}): Promise<Table> {
  return tableOf(await askProbe(options));
}

export function tableOf(report: ProbeReport): Table {
  return new Map(report.fds.map(({ fd, target }) => [fd, target]));
}

/** What a program gets from this process that was asked for nothing. */
export function inheritedTable(): Table {
  return new Map([...openDescriptors()].filter(([fd]) => fd <= 2 || !getCloexec(fd)));
}

/** The numbers that this process's next descriptors get. */
export function lowestFree(count: number): number[] {
  const taken = new Set([...openDescriptors().keys(), ...reservedNumbers()]);
  const free: number[] = [];
  for (let fd = 0; free.length < count; fd++) if (!taken.has(fd)) free.push(fd);
  return free;
}

/** A number that is free, far above what is open. */
export const HIGH = 700;

/** Text to compare tables by: a line a descriptor. */
export function show(table: ReadonlyMap<number, string>): string {
  const sorted = [...table].sort(([one], [other]) => one - other);
  return sorted.map(([fd, target]) => `${fd} ${target}`).join('\n');
}
