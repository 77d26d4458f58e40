import { createRequire } from 'node:module';
import { at } from '../support/paths.js';

/** What the tests of the flat mode do to a process of their own (test/native/helpers/tables.c). */
export interface Tables {
  /**
   * From now on a child that leaves the table of its parent is asked for: on this thread and what it starts, for good.
   * Returns the descriptor by which that is done. @throws EBUSY where the process is under such a filter already.
   */
  installHold(): number;
  /** So many of the next ones are held before they leave it; all others are let through. */
  holdNext(count: number): void;
  /** All others are told by this errno that they may not; 0: they are let through again. */
  refuseStarts(errno: number): void;
  /** Pids of those that are held. */
  heldStarts(): number[];
  /** It may leave, or is told by this errno that it may not. @throws ENOENT */
  letGo(pid: number, errno?: number): void;
  /** A POSIX record lock on the whole file: this process's. It ends when the process closes any descriptor of the file. */
  lockRecord(fd: number): void;
  /** A record lock of the open file (F_OFD_SETLK). */
  lockOpenFile(fd: number): void;
  lockFlock(fd: number): void;
}

export const tables: Tables = createRequire(import.meta.url)(at('build/test/tables.node'));
