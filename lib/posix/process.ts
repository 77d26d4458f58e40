import type { Ending, StartedChild } from '../engine/children.js';
import { holdLoop, releaseLoop, signalChild } from '../engine/children.js';
import type { ResourceUsage } from '../engine/usage.js';
import { resourceUsage } from '../engine/usage.js';
import { systemError } from '../errors.js';
import { withFields } from '../own.js';
import type { Signal } from '../signals.js';
import { signalName, signalNumber } from '../signals.js';

/** How a process ended, what `exited` resolves with. Source: waitid(2), getrusage(2). */
export interface ExitStatus {
  /** The exit code, 0 … 255; null: a signal ended it, or nobody knows (`reapedElsewhere`). */
  readonly code: number | null;
  /** The signal that ended it, as Node names it, of real-time signals `'SIGRTMIN+3'`; null: none, or nobody knows. */
  readonly signal: NodeJS.Signals | null;
  /** The signal made the kernel write a core file. */
  readonly coreDumped: boolean;
  /** What it used, its own reaped children included; null where `reapedElsewhere`. */
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
 * A process whose program has begun: what {@link posixSpawn} and its siblings give, made by them alone. Signals go by
 * pidfd, never to a process that got the same pid later. While the process lives it keeps the event loop alive, unless
 * `unref`.
 *
 * @example
 * ```js
 * import { posixSpawnp } from 'forkless';
 *
 * const child = await posixSpawnp('sleep', ['sleep', '60']);
 * console.log(child.kill());
 * console.log((await child.exited).signal);
 * console.log(child.kill(), child.pidfd);
 * ```
 * ```text
 * true
 * SIGTERM
 * false -1
 * ```
 */
export class Process {
  /** The process id. It may be another process's once `exited` has resolved. */
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
      throw withFields(new TypeError('Illegal constructor'), { code: 'ERR_ILLEGAL_CONSTRUCTOR' });
    this.pid = child.pid;
    this.#pidfd = child.pidfd;
    this.#id = child.id;
    this.exited = exited;
  }

  /**
   * A descriptor for the process (pidfd_open(2)), close-on-exec, this library's own: do not close it. -1 once the
   * process is reaped.
   */
  get pidfd(): number {
    return this.#pidfd;
  }

  /**
   * Sends a signal. Source: pidfd_send_signal(2).
   * @param signal default `'SIGTERM'`; 0 only asks whether the process lives
   * @returns false when the process has ended, reaped or not
   * @throws TypeError: `ERR_UNKNOWN_SIGNAL`; Error: `ENOTSUP` for a signal that only other systems have, EPERM where
   *   the process may not be signalled.
   */
  kill(signal: Signal = 'SIGTERM'): boolean {
    const number = signal === 0 ? 0 : signalNumber(signal);
    if (this.#ended) return false;
    const error = signalChild(this.#id, number);
    if (error !== 0 && error !== ESRCH) throw systemError(error, 'pidfd_send_signal');
    return error === 0;
  }

  /** Lets the process keep the event loop alive again, after `unref`. */
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

  /** For `await using`: sends SIGTERM, then waits for the end, as long as that takes. */
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
    reapedElsewhere: ending.reapedElsewhere,
  };
}
