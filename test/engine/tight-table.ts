// For programs of tests: a process whose descriptor table is full. Never in the process of mocha itself.
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import type { PosixSpawnOptions } from 'forkless';
import { posixSpawn, posixSpawnSync, SpawnError } from 'forkless';
import { meddle } from '../support/meddle.js';
import type { ProbeReport, Start } from '../support/probe.js';
import { probeArgv, probePath } from '../support/probe.js';
import { tempPath } from '../support/temp.js';

/**
 * Runs with every number below `limit` open on /dev/full, but for those that were open before and those in `free`.
 * `softLimit`, if it is lower, is the limit that is in force then.
 */
export async function inTightTable<T>(
  limit: number,
  free: readonly number[],
  run: () => T | Promise<T>,
  softLimit = limit,
): Promise<T> {
  await openWhatStaysOpen();
  const before = meddle.setSoftNofile(limit);
  const opened = new Set<number>();
  try {
    fill(opened);
    for (const fd of free) {
      closeSync(fd);
      if (!opened.delete(fd)) throw new Error(`${fd} was open before`);
    }
    meddle.setSoftNofile(softLimit);
    return await run();
  } finally {
    meddle.setSoftNofile(before);
    for (const fd of opened) closeSync(fd);
  }
}

/** With so many free numbers, no two beside each other, above those of the engine's reserve. */
export function withFewFree<T>(count: number, run: () => T | Promise<T>): Promise<T> {
  return inTightTable(
    128,
    Array.from({ length: count }, (_, index) => 100 + 2 * index),
    run,
  );
}

/** The epoll set and the event of the watcher, and the files that the probe's support writes. */
async function openWhatStaysOpen(): Promise<void> {
  const child = await posixSpawn(probePath, probeArgv('exit', 0));
  await child.exited;
  probeArgv('report-to');
  tempPath();
}

function fill(opened: Set<number>): void {
  try {
    for (;;) opened.add(openSync('/dev/full', 'r'));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EMFILE')) throw error;
  }
}

export interface Outcome {
  /** 'ok', or the error's. */
  readonly code: string;
  readonly step?: string;
  readonly actionIndex?: number;
  readonly fd?: number;
  /** With 'ok': the numbers, and targets where they are not /dev/full. */
  readonly table?: (number | string)[];
}

/** Starts the probe in a tight table and says what became of it. */
export async function probeInTightTable(
  limit: number,
  free: readonly number[],
  options: PosixSpawnOptions,
  softLimit = limit,
  path = probePath,
): Promise<Outcome> {
  const reportPath = tempPath('report');
  const start = () => outcomeOf(() => posixSpawnSync(path, probeArgv('report-to', reportPath), options));
  const outcome = await inTightTable(limit, free, start, softLimit);
  if (outcome.code !== 'ok') return outcome;
  // Read only now: reading takes a descriptor.
  const report: ProbeReport = JSON.parse(readFileSync(reportPath, 'latin1'));
  rmSync(reportPath);
  return {
    ...outcome,
    table: report.fds.map(({ fd, target }) => (target === '/dev/full' ? fd : `${fd} ${target}`)),
  };
}

export async function outcomeOf(start: () => ReturnType<Start>): Promise<Outcome> {
  try {
    const child = await start();
    const { code, signal } = await child.exited;
    return { code: code === 0 ? 'ok' : `ended with ${signal ?? code}` };
  } catch (error) {
    if (!(error instanceof SpawnError)) throw error;
    const { code, step, actionIndex, fd } = error;
    return JSON.parse(JSON.stringify({ code, step, actionIndex, fd }));
  }
}
