import { createRequire } from 'node:module';
import { helper } from './paths.js';

/**
 * What JavaScript cannot do to its own process (test/native/helpers/meddle.c). What changes the process for good, or
 * for everything in it, belongs into a process of its own: `runNode`.
 */
export interface Meddle {
  /**
   * Rules as in test/native/helpers/seccomp-rules.h, with a space between them, for the calling thread and what it
   * starts, or for all threads. For good.
   */
  installSeccomp(rules: string, everyThread: boolean): void;
  /** 'no-wait': SA_NOCLDWAIT beside the handler that is there. 'restore': as it was at the first call. */
  setSigchld(mode: 'ignore' | 'no-wait' | 'restore'): void;
  /**
   * Installs handlers for all signals and sends them to this process without end; `wholeGroup`: to the process group,
   * children included, and only those four that do no harm by default.
   */
  startStorm(wholeGroup: boolean): void;
  /** Restores what was. `runs`: handlers in this process; `strangers`: processes in which a handler ran, at most 256. */
  stopStorm(): { sent: number; runs: number; strangers: number[] };
  /** A thread that changes the effective user and group of all threads to `id` and back, without end. */
  startIdChanger(id: number): void;
  /** How often it did. */
  stopIdChanger(): number;
  /** A thread that calls waitpid(-1) in a loop; `all`: with __WALL, so that it takes failed starts too. */
  startReaper(all: boolean): void;
  /** What it took, with the raw wait status. */
  stopReaper(): { pid: number; status: number }[];
  /** The calling thread's blocked signals: 16 hexadecimal digits, 32 and 33 included. */
  getMask(): string;
  /** Returns the mask before. */
  setMask(hex: string): string;
  /** Scheduling and priority of input and output of a thread of this process: `name=value` words. */
  threadFacts(thread: number): string;
  /** What only a thread itself can ask, and what holds for the whole process: `name=value` words. */
  callerFacts(): string;
  /** PR_GET_DUMPABLE: 1, unless a change of ids went wrong. */
  getDumpable(): number;
  /** For a process that has two users, and so began without. */
  setDumpable(value: number): void;
  /** Not close-on-exec, as dup2 has it. */
  dup2(fd: number, newFd: number): number;
  /** mkfifo(3), without a process: none can be started under some filters. */
  makeFifo(path: string): void;
  /** The soft RLIMIT_NOFILE. Returns the one before. */
  setSoftNofile(limit: number): number;
  /** A pseudo terminal: its master and its terminal, both close-on-exec. */
  openPty(): [master: number, terminal: number];
  /** Is there such a child? Asks without reaping. Otherwise the name of an errno. */
  peek(pid: number): 'alive' | 'zombie' | 'no-child' | string;
  /** For the thread that traces it: waits until it stops, and lets it go on. The signal that it stopped by. */
  continueTraced(pid: number): number;
  /** Flags of unshare(2), for the calling thread. After CLONE_NEWPID it can make no more threads. */
  unshare(flags: number): void;
  /** Joins the namespace that a descriptor is open on (/proc/PID/ns/…); the calling thread. */
  setns(fd: number): void;
}

export const meddle: Meddle = createRequire(import.meta.url)(helper('meddle.node'));
