// What the programs of flat-held.test.ts have in common: starts that are held before they leave the table of their
// parent. With the parameter `first` the held one is the first flat start of the process.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { PosixSpawnOptions, Process } from 'forkless';
import { openPipe, posixSpawn, posixSpawnSync } from 'forkless';
import { readParameters } from '../../support/in-program.js';
import { probeArgv, probePath } from '../../support/probe.js';
import { childrenOf, openDescriptors, reservedNumbers } from '../../support/proc.js';
import { until } from '../../support/until.js';
import { flatStarts, SLOTS } from '../flat-crowd.js';
import { tables } from '../flat-meddle.js';

export type Failure =
  | 'started'
  | [code: string, step: string, signal: string | null, exitCode: number | null];

export interface Held {
  readonly child: Promise<Process>;
  readonly pid: number;
}

const argv = probeArgv('exit', 7);

export function start(options: PosixSpawnOptions = {}): Process {
  return posixSpawnSync(probePath, argv, { cloexecDefault: true, ...options });
}

export function startAsync(options: PosixSpawnOptions = {}): Promise<Process> {
  return posixSpawn(probePath, argv, { cloexecDefault: true, ...options });
}

export async function codeOf(child: Process | Promise<Process>): Promise<number | null> {
  return (await (await child).exited).code;
}

export function failureOf(child: Promise<Process>): Promise<Failure> {
  return child.then(
    () => 'started',
    ({ code, step, signal = null, exitCode = null }) => [code, step, signal, exitCode],
  );
}

await codeOf(start());
// This one is flat, and so later ones are not waited for any more.
if (readParameters<{ first?: boolean }>().first !== true) await codeOf(start());
await once(spawn('/bin/true'), 'close'); // libuv opens what it keeps

/** How many descriptors are open once nothing is under way. */
export async function quiet(): Promise<number> {
  await until('all are reaped', () => childrenOf().length === 0);
  await codeOf(posixSpawn(probePath, argv));
  return openDescriptors().size;
}

/** Starts one that is held before it leaves the table. */
export async function hold(options: PosixSpawnOptions): Promise<Held> {
  tables.holdNext(1);
  const before = tables.heldStarts();
  const child = startAsync(options);
  child.catch(() => {});
  const pid = await until('it is held', () => tables.heldStarts().find((held) => !before.includes(held)));
  return { child, pid };
}

/** How many starts of so many were flat. */
export function flatOf(count: number, one: () => unknown): Promise<number> {
  return flatStarts(async () => {
    for (let i = 0; i < count; i++) await one();
  });
}

/** How many numbers of the reserve are borrowed. */
export function borrowedNumbers(): number {
  return SLOTS - reservedNumbers().length;
}

export const listener = tables.installHold();
export const [readFd, writeFd] = openPipe();
/** The sources of most held starts: two numbers of the reserve, beside the one of the report pipe. */
export const pipe = { fds: [readFd, writeFd] };
