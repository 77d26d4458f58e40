// For verdict-late.test.ts and its program.
import { openSync, readdirSync, readlinkSync } from 'node:fs';
import { openDescriptors } from '../support/proc.js';

/** The names of the pipes that this process has open. */
export function ownPipes(): string[] {
  return [...openDescriptors().values()].filter((target) => target.startsWith('pipe:'));
}

/** Opens the write end that the stuck child has: the pipe whose other end is new here. */
export function openReportPipe(pid: number, before: readonly string[]): number {
  const fresh = ownPipes().filter((name) => !before.includes(name));
  for (const fd of readdirSync(`/proc/${pid}/fd`))
    if (fresh.includes(readlinkSync(`/proc/${pid}/fd/${fd}`))) return openSync(`/proc/${pid}/fd/${fd}`, 'w');
  throw new Error('the child has no report pipe');
}
