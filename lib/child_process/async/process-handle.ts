import { AsyncResource } from 'node:async_hooks';
import type { ChildListener, FailedStart, StartedChild } from '../../engine/children.js';
import {
  holdLoop,
  isFailure,
  reapChild,
  releaseLoop,
  signalChild,
  startChildAndWait,
} from '../../engine/children.js';
import type { Pairs } from '../../engine/collect.js';
import type { ResourceUsage } from '../../engine/usage.js';
import { resourceUsage } from '../../engine/usage.js';
import { spawnError } from '../../errors.js';
import type { Plan } from '../../plan/vocabulary.js';
import { nodeSignalName } from '../../signals.js';
import { compile } from '../compile.js';
import type { Extras } from '../extras.js';
import type { InnerHandle, StdioEntry } from '../node-internals/inner-handle.js';
import { readStart } from '../node-internals/inner-handle.js';
import { closeOurs, closePairs, closeTheirs, openPairs, openStreams, slotsOf } from './pipes.js';
import { setImmediate } from './timers.js';

const EINVAL = 22;
const ENFILE = 23;
const EMFILE = 24;
const EPROTO = 71;
const ESRCH = 3;
const SIGKILL = 9;
const manualDestroy = { __proto__: null, requireManualDestroy: true };

/** What a `ChildProcess` shows besides Node's own fields. They are not enumerable. */
export interface MoreOfChild {
  /**
   * A descriptor of the process (pidfd_open(2)), close-on-exec, this library's own: do not close it. -1 where the start
   * failed, and once the process has ended.
   */
  readonly pidfd: number;
  /** What the process used. null until `'exit'`, and where somebody else has reaped it. */
  readonly resourceUsage: ResourceUsage | null;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Node's inner handle of a process, over our engine. The name is what people see when they print a child. */
export class Process implements InnerHandle, ChildListener {
  pid: number | undefined;
  onexit: InnerHandle['onexit'] = () => {};
  readonly #extras: Extras;
  #more: Mutable<MoreOfChild> | undefined;
  readonly #resource = new AsyncResource('PROCESSWRAP', manualDestroy);
  /** The context of whoever starts the child: what is thrown in a handler is uncaught there. */
  readonly #context = new AsyncResource('forkless', manualDestroy);
  #child: StartedChild | undefined;
  /** It holds the loop while it is alive. */
  #alive = false;
  #told = false;
  #referenced = true;
  #closed = false;
  #failure: (() => Error) | undefined;

  constructor(extras: Extras) {
    this.#extras = extras;
  }

  /** Keeps these fields up to date. */
  tellMore(more: MoreOfChild): void {
    this.#more = more;
  }

  /** Why the start came to nothing, and where. */
  get cause(): Error | undefined {
    return this.#failure?.();
  }

  /** Starts the program; exec is known when this returns. 0 or -errno. */
  spawn(...contract: unknown[]): number {
    const start = readStart(contract);
    const { stdio } = start;
    const pairs = openPairs(stdio, this.#extras);
    if (typeof pairs === 'number') return pairs;
    let plan: Plan;
    let result: StartedChild | FailedStart;
    try {
      const slots = slotsOf(stdio, pairs);
      if (slots === null) {
        closePairs(pairs);
        return -EINVAL;
      }
      plan = compile(start, slots, this.#extras);
      result = startChildAndWait(plan, this, 'unreaped', pairs);
    } catch (error) {
      closePairs(pairs);
      throw error;
    }
    if (pairs.length > 0 && pairs[pairs.length - 1] !== -1) closeTheirs(pairs); // none was tried
    return isFailure(result)
      ? this.#fail(result, plan, start.file, stdio, pairs)
      : this.#run(result, stdio, pairs);
  }

  /** Of the engine's listener: it is known when the start returns. */
  execed(): void {}

  /** The same. */
  failed(): void {}

  /** The same: its end is told as `unreaped`. */
  ended(): void {}

  /**
   * The process has ended, and is reaped when that is told, as in Node: until then its pid is its own, for whoever
   * sends it a signal.
   */
  unreaped(id: number): void {
    this.#tellEnd(() => {
      const ending = reapChild(id);
      if (this.#more !== undefined) this.#more.resourceUsage = resourceUsage(ending);
      return ending;
    });
    this.#letGo();
  }

  /**
   * By pidfd. A child that has ended, but of whose end nobody has been told yet, takes signals in Node, where it is a
   * zombie at that time.
   */
  kill(signal: number): number {
    if (this.#child === undefined || this.#told) return -ESRCH;
    const error = signalChild(this.#child.id, signal);
    return error === ESRCH ? 0 : -error;
  }

  ref(): void {
    if (!this.#referenced && this.#alive && !this.#closed) holdLoop();
    this.#referenced = true;
  }

  unref(): void {
    if (this.#referenced && this.#alive && !this.#closed) releaseLoop();
    this.#referenced = false;
  }

  hasRef(): boolean {
    return this.#referenced && this.#child !== undefined && !this.#told && !this.#closed;
  }

  /** Nothing is heard of the process any more; if it still runs, it goes on, and the engine reaps it. */
  close(callback?: () => void): void {
    if (this.#closed) return;
    if (this.#referenced && this.#alive) releaseLoop();
    this.#closed = true;
    this.#resource.emitDestroy();
    this.#context.emitDestroy();
    if (callback !== undefined) process.nextTick(callback);
  }

  getAsyncId(): number {
    return this.#resource.asyncId();
  }

  #run(child: StartedChild, stdio: readonly StdioEntry[], pairs: Pairs): number {
    this.#child = child;
    this.#alive = true;
    this.pid = child.pid;
    if (this.#referenced) holdLoop();
    const error = openStreams(stdio, pairs);
    if (error !== 0) this.kill(SIGKILL);
    else if (this.#more !== undefined) this.#more.pidfd = child.pidfd;
    return error;
  }

  #fail(failure: FailedStart, plan: Plan, file: string, stdio: readonly StdioEntry[], pairs: Pairs): number {
    const { kind, error } = failure;
    this.#failure = () => spawnError(failure, plan, file);
    if (kind === 'failed' && (error === EMFILE || error === ENFILE)) {
      // Node gives up on the streams here; on every other error it waits for their end
      closeOurs(pairs);
      return -error;
    }
    const unopened = openStreams(stdio, pairs);
    if (kind === 'failed') return -error;
    // it ended by itself and gave no reason: its exit code is not that of a program
    if (kind === 'died' && failure.exitCode >= 0) return -EPROTO;
    // killed before exec: to Node, which has no proof of exec, that is a child that has ended
    this.pid = failure.pid;
    this.#tellEnd(() => failure);
    return unopened;
  }

  /** It has ended, or has never been: the loop need not wait for it. */
  #letGo(): void {
    if (this.#referenced && !this.#closed) releaseLoop();
    this.#alive = false;
  }

  /**
   * What the child has written before its end is heard before it. The end may be younger than what this round of the
   * loop has found to be readable: so a whole round of reading lies in between, from this check phase to the next.
   */
  #tellEnd(howItEnded: () => { readonly exitCode: number; readonly signal: number }): void {
    const tell = (): void => {
      const { exitCode, signal } = howItEnded();
      this.#told = true;
      if (this.#more !== undefined) this.#more.pidfd = -1;
      if (!this.#closed) this.#resource.runInAsyncScope(this.onexit, this, ...endOf(exitCode, signal));
    };
    // also of a child that is not to hold the loop: the loop is awake, and must not fall asleep in between
    this.#context.runInAsyncScope(() => setImmediate(() => setImmediate(tell)));
  }
}

/** As Node has it: a real-time signal has no name there. Both null: somebody else reaped it, and nobody knows. */
function endOf(exitCode: number, signal: number): [exitCode: number | null, signalCode: string | null] {
  if (signal === 0) return exitCode < 0 ? [null, null] : [exitCode, ''];
  return [0, nodeSignalName(signal)];
}
