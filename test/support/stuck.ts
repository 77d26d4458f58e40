import { closeSync, constants, openSync } from 'node:fs';
import type { PosixSpawnOptions } from 'forkless';
import { FileActions } from 'forkless';
import { childrenOf, isStuckBeforeExec, stuckChildren } from './proc.js';
import { until } from './until.js';

/** Options of a start that hangs before exec: it opens a FIFO for reading that nobody writes to. */
export function stuckOn(fifo: string): PosixSpawnOptions {
  return { fileActions: new FileActions().addOpen(5, fifo, 'r') };
}

/** Lets everything go on that hangs in the opening of the FIFO; for reading and writing it opens at once. */
export function release(fifo: string): void {
  closeSync(openSync(fifo, constants.O_RDWR));
}

/** Resolves with the pids once `count` children hang before exec: of this process, or of another that runs Node. */
export function untilStuck(count: number, parent = process.pid): Promise<number[]> {
  const found = (): number[] =>
    parent === process.pid
      ? stuckChildren()
      : childrenOf(parent)
          .map(({ pid }) => pid)
          .filter(isStuckBeforeExec);
  return until(`${count} children are stuck`, () => {
    const pids = found();
    return pids.length === count && pids;
  });
}
