import type { Ending, StartedChild } from '../engine/children.js';
import { holdLoop, releaseLoop, signalChild } from '../engine/children.js';
import type { ResourceUsage } from '../engine/usage.js';
import { resourceUsage } from '../engine/usage.js';
import { systemError } from '../errors.js';
import type { Signal } from '../signals.js';
import { signalName, signalNumber } from '../signals.js';

/** How a process ended. Source: waitid(2), getrusage(2). */
export interface ExitStatus {
  /** null: a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly coreDumped: boolean;
  /** null where somebody else reaped the process. */
  readonly resourceUsage: ResourceUsage | null;
  /**
   * Somebody else reaped the process (a `waitpid(-1)` in this process, or SIGCHLD is ignored). On Linux 6.15 and later
   * `code` and `signal` are right all the same; before, both are null.
   */
  readonly reapedElsewhere: boolean;
}

const ESRCH = 3;
const ours = Symbol('forkless');

/** For this library alone; set by the class, which alone can reach its fields. */
export let createProcess: (child: StartedChild, exited: Promise<ExitStatus>) => Process;
/** Called once, when the process has ended. */
export let endProcess: (process: Process) => void;

/**
 * A running process. Signals go by pidfd: never to a process that got the same pid later. While the process lives it
 * keeps the event loop alive, unless `unref`.
 */
export class Process {
  readonly pid: number;
  /** Resolves when the process has ended and is reaped. Never rejects. */
  readonly exited: Promise<ExitStatus>;
  #pidfd: number;
  readonly #id: number;
  #holdsLoop = true;
  #ended = false;

  /** Made by `posixSpawn` and its siblings alone. */
  private constructor(key: symbol, child: StartedChild, exited: Promise<ExitStatus>) {
    if (key !== ours)
      throw Object.assign(new TypeError('Illegal constructor'), { code: 'ERR_ILLEGAL_CONSTRUCTOR' });
    this.pid = child.pid;
    this.#pidfd = child.pidfd;
    this.#id = child.id;
    this.exited = exited;
  }

  /** A descriptor for the process, this library's own: closed when the process is reaped, then -1. */
  get pidfd(): number {
    return this.#pidfd;
  }

  /**
   * Sends a signal; 0 only asks.
   * @returns false when the process has ended, reaped or not.
   * @throws `ERR_UNKNOWN_SIGNAL`; EPERM where the process may not be signalled.
   */
  kill(signal: Signal = 'SIGTERM'): boolean {
    const number = signal === 0 ? 0 : signalNumber(signal);
    if (this.#ended) return false;
    const error = signalChild(this.#id, number);
    if (error !== 0 && error !== ESRCH) throw systemError(error, 'pidfd_send_signal');
    return error === 0;
  }

  /** Lets the process keep the event loop alive again. */
  ref(): this {
    if (!this.#holdsLoop && !this.#ended) {
      this.#holdsLoop = true;
      holdLoop();
    }
    return this;
  }

  /** Lets this program end while the process still runs. */
  unref(): this {
    if (this.#holdsLoop && !this.#ended) {
      this.#holdsLoop = false;
      releaseLoop();
    }
    return this;
  }

  /** SIGTERM, then waits for the end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.exited;
  }

  static {
    createProcess = (child, exited) => new Process(ours, child, exited);
    endProcess = (process) => {
      if (process.#holdsLoop) releaseLoop();
      process.#ended = true;
      process.#pidfd = -1;
    };
  }
}

export function exitStatus(ending: Ending): ExitStatus {
  return {
    code: ending.exitCode < 0 ? null : ending.exitCode,
    signal: ending.signal === 0 ? null : signalName(ending.signal),
    coreDumped: ending.coreDumped,
    resourceUsage: resourceUsage(ending),
    reapedElsewhere: ending.taken,
  };
}
