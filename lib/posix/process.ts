import type { Ending, StartedChild } from '../engine/children.js';
import { refLoop, signalChild, unrefLoop } from '../engine/children.js';
import type { ResourceUsage } from '../engine/usage.js';
import { resourceUsage } from '../engine/usage.js';
import { systemError } from '../errors.js';
import { withFields } from '../own.js';
import type { Signal } from '../signals.js';
import { signalName, signalNumber } from '../signals.js';

/** How a process ended, what `exited` resolves with. Source: waitid(2), getrusage(2). */
export interface ExitStatus {
  /** The exit code, 0 … 255; null: a signal ended it, or it is unknown (`reapedElsewhere`). */
  readonly code: number | null;
  /** The signal that ended it, by Node's name; a real-time one as `'SIGRTMIN+3'`. null: none, or it is unknown. */
  readonly signal: NodeJS.Signals | null;
  /** The kernel wrote a core file. */
  readonly coreDumped: boolean;
  /** What it used, its own reaped children included; null if `reapedElsewhere`. */
  readonly resourceUsage: ResourceUsage | null;
  /**
   * Other code reaped the process (a `waitpid(-1)` in this process), or the kernel did (SIGCHLD is ignored). On Linux
   * 6.15 and later `code` and `signal` are still known; before, both are null.
   */
  readonly reapedElsewhere: boolean;
}

const ESRCH = 3;

/**
 * A private constructor is private in TypeScript only: JavaScript can still call `new Process()` or
 * `new child.constructor()`. Only code of this file has this key, so only it can make a `Process`.
 */
const constructorKey = Symbol('forkless');

// For lib/posix/start.ts only. A static block of the class sets both functions, because they use its private members.
/** Makes the `Process` of a child whose program has begun. */
export let createProcess: (child: StartedChild, exited: Promise<ExitStatus>) => Process;
/** Marks the process as ended; the event loop no longer stays alive for it. Called once. */
export let markEnded: (process: Process) => void;

/**
 * A process whose program has begun, made only by {@link posixSpawn} and its siblings. Signals are sent by pidfd, never
 * to another process that got the same pid later. While the process runs it keeps the event loop alive, unless `unref`
 * was called.
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
  /** The process id. The kernel may reuse it once `exited` has resolved. */
  readonly pid: number;
  /** Resolves when the process has ended and is reaped. Never rejects. */
  readonly exited: Promise<ExitStatus>;
  #pidfd: number;
  readonly #id: number;
  #referenced = true;
  #ended = false;

  /** Only `posixSpawn` and its siblings make one. */
  private constructor(key: symbol, child: StartedChild, exited: Promise<ExitStatus>) {
    if (key !== constructorKey)
      throw withFields(new TypeError('Illegal constructor'), { code: 'ERR_ILLEGAL_CONSTRUCTOR' });
    this.pid = child.pid;
    this.#pidfd = child.pidfd;
    this.#id = child.id;
    this.exited = exited;
  }

  /**
   * A descriptor of the process (pidfd_open(2)), close-on-exec. The library owns it: do not close it. -1 once the
   * process has been reaped.
   */
  get pidfd(): number {
    return this.#pidfd;
  }

  /**
   * Sends a signal. Source: pidfd_send_signal(2).
   * @param signal default `'SIGTERM'`; 0 sends nothing and only tells whether the process runs
   * @returns false if the process has ended, reaped or not
   * @throws TypeError: `ERR_UNKNOWN_SIGNAL`; Error: `ENOTSUP` for a signal that only other systems have, EPERM if
   *   this process may not signal it.
   */
  kill(signal: Signal = 'SIGTERM'): boolean {
    const number = signal === 0 ? 0 : signalNumber(signal);
    if (this.#ended) return false;
    const error = signalChild(this.#id, number);
    if (error !== 0 && error !== ESRCH) throw systemError(error, 'pidfd_send_signal');
    return error === 0;
  }

  /** Undoes `unref`: the process keeps the event loop alive again. */
  ref(): this {
    if (!this.#referenced && !this.#ended) {
      this.#referenced = true;
      refLoop();
    }
    return this;
  }

  /** Lets this program exit while the process still runs. */
  unref(): this {
    if (this.#referenced && !this.#ended) {
      this.#referenced = false;
      unrefLoop();
    }
    return this;
  }

  /** For `await using`: sends SIGTERM, then waits until the process has ended, without a timeout. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.exited;
  }

  static {
    createProcess = (child, exited) => new Process(constructorKey, child, exited);
    markEnded = (process) => {
      if (process.#referenced) unrefLoop();
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
