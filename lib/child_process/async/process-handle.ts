import { noSettings } from '../../attributes/door-defaults.js';
import type { Settings } from '../../attributes/settings.js';
import { builtin } from '../../builtin.js';
import type { ChildListener, FailedStart, StartedChild } from '../../engine/children.js';
import {
  isFailure,
  reapChild,
  refLoop,
  signalChild,
  startChildAndWait,
  startKnownChild,
  unrefLoop,
} from '../../engine/children.js';
import type { Pairs } from '../../engine/descriptors.js';
import { closeOurEnds, closePairs, closeTheirEnds } from '../../engine/descriptors.js';
import type { ResourceUsage } from '../../engine/usage.js';
import { resourceUsage } from '../../engine/usage.js';
import type { Failure, ToldPlan } from '../../errors.js';
import { spawnError } from '../../errors.js';
import type { Plan } from '../../plan/vocabulary.js';
import { nodeSignalName } from '../../signals.js';
import type { InnerHandle, StdioEntry } from '../node-internals/inner-handle.js';
import { readStart } from '../node-internals/inner-handle.js';
import { setsIds } from '../node-internals/start-request.js';
import { openPipes, openStreams, slotsOf } from '../pipes.js';
import { makePlan } from '../plan.js';
import { knownProgram } from './known-programs.js';
import { errnoOf } from './late-failure.js';
import { setImmediate } from './timers.js';

const { AsyncResource } = builtin('node:async_hooks');

const EINVAL = 22;
const ENFILE = 23;
const EMFILE = 24;
const ESRCH = 3;
const SIGKILL = 9;
const manualDestroy = { __proto__: null, requireManualDestroy: true };

/** The fields of a `ChildProcess` besides Node's own. They are not enumerable. */
export interface MoreOfChild {
  /**
   * A descriptor of the process (pidfd_open(2)), close-on-exec. The library owns it: do not close it. -1 if the process
   * could not be started, and once it has ended.
   */
  readonly pidfd: number;
  /** What the process used. null until `'exit'`, and if other code reaped the process. */
  readonly resourceUsage: ResourceUsage | null;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Takes the place of Node's native handle of a process (`child._handle`) and uses this package's engine. */
export class ProcessHandle implements InnerHandle, ChildListener {
  static {
    // People see this name when they print a child; it is that of Node's own class.
    const name = { __proto__: null, value: 'Process', configurable: true } as PropertyDescriptor;
    Object.defineProperty(ProcessHandle, 'name', name);
  }

  pid: number | undefined;
  onexit: InnerHandle['onexit'] = () => {};
  readonly #settings: Settings;
  /** The ChildProcess whose additional fields are kept up to date. */
  #more: Mutable<MoreOfChild> | undefined;
  /** Node's handle has an async id of this type, under which `onexit` is called. */
  readonly #resource = new AsyncResource('PROCESSWRAP', manualDestroy);
  /** The async context of the caller of `spawn`: an error thrown in a handler is uncaught in that context. */
  readonly #context = new AsyncResource('forkless', manualDestroy);
  #child: StartedChild | undefined;
  /** The process runs: it keeps the event loop alive if `#referenced`. */
  #alive = false;
  /** The end was reported by `onexit`, or dropped because of `close`. */
  #exitReported = false;
  #referenced = true;
  #closed = false;
  #failure: (() => Error) | undefined;
  /** What was started, for the error of a start that fails late. */
  #started: { readonly plan: ToldPlan; readonly file: string } | undefined;
  /** Called when a start fails after `spawn` has returned 0. */
  onLateFailure: () => void = () => {};

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** From now on, keeps these fields of the child up to date. */
  updateFields(more: MoreOfChild): void {
    this.#more = more;
  }

  /** The `SpawnError`, if the process could not be started. */
  get cause(): Error | undefined {
    return this.#failure?.();
  }

  /**
   * Starts the program; returns 0 or -errno when exec has succeeded or failed, or is as good as certain to succeed.
   *
   * Otherwise it must wait, because `pid` is a number or undefined as soon as Node's `spawn` returns. The wait (about
   * 0.1 ms) is the largest part of the call. Two things were tried to shorten it:
   * - A loop instead of a sleep: the child often waits for the very processor that the loop occupies, and then starts
   *   eight times later.
   * - Letting Node make its streams before the wait: 20 to 30 % less in a program whose event loop is busy, where the
   *   kernel puts the child on another processor. On the parent's own processor (always, if there is only one) the
   *   parent has then used up its time slice and waits until the child sleeps or ends: 740 µs instead of 280.
   */
  spawn(...contract: unknown[]): number {
    const start = readStart(contract);
    const { stdio } = start;
    const pairs = openPipes(stdio, this.#settings);
    if (typeof pairs === 'number') return pairs;
    let plan: Plan;
    let result: StartedChild | FailedStart;
    try {
      const slots = slotsOf(stdio, pairs);
      if (slots === null) {
        closePairs(pairs);
        return -EINVAL;
      }
      plan = makePlan(start, slots, this.#settings);
      // What an option asks for may fail, `waitForExec` asks for the wait, and ids change who executes the program.
      const mustWait = start.detached || this.#settings !== noSettings || setsIds(start);
      const program = mustWait ? null : knownProgram(plan);
      result =
        program === null
          ? startChildAndWait(plan, this, 'unreaped', pairs)
          : startKnownChild(plan, this, pairs, program);
      if (program !== null)
        this.#started = {
          plan: { steps: plan.steps, argv: plan.argv, standIns: plan.standIns ?? null },
          file: start.file,
        };
    } catch (error) {
      closePairs(pairs);
      throw error;
    }
    // -1: the engine has closed them. It does not if it made no child.
    if (pairs.length > 0 && pairs[pairs.length - 1] !== -1) closeTheirEnds(pairs);
    return isFailure(result)
      ? this.#fail(result, plan, start.file, stdio, pairs)
      : this.#run(result, stdio, pairs);
  }

  // Methods of `ChildListener` that are never called here: exec has succeeded when `spawn` returns, or is expected to,
  // and `unreaped` is called instead of `ended`.
  execed(): void {}
  ended(): void {}

  /** The exec was as good as certain, and has failed all the same. As after `unreaped`, the pid is not reused before. */
  failed(failure: Failure): void {
    const errno = errnoOf(failure);
    const { id } = this.#child as StartedChild;
    const { plan, file } = this.#started as { readonly plan: ToldPlan; readonly file: string };
    if (errno !== null) this.#failure = () => spawnError(failure, plan, file);
    this.onLateFailure();
    this.#report(() => {
      reapChild(id);
      if (errno === null) return endOf(failure.exitCode, failure.signal);
      this.pid = undefined;
      return [-errno, ''];
    });
    this.#releaseLoop();
  }

  /**
   * The process has ended. It is reaped right before `onexit` is called, as in Node: until then the kernel does not reuse
   * the pid, so code that signals it by number cannot hit another process.
   */
  unreaped(id: number): void {
    this.#reportExit(() => {
      const ending = reapChild(id);
      if (this.#more !== undefined) this.#more.resourceUsage = resourceUsage(ending);
      return ending;
    });
    this.#releaseLoop();
  }

  /**
   * Sends the signal by pidfd. 0 also for a child that has ended but whose `onexit` has not been called: Node's child
   * is a zombie at that time, and signalling a zombie succeeds.
   */
  kill(signal: number): number {
    if (this.#child === undefined || this.#exitReported) return -ESRCH;
    const error = signalChild(this.#child.id, signal);
    return error === ESRCH ? 0 : -error;
  }

  ref(): void {
    if (!this.#referenced && this.#alive && !this.#closed) refLoop();
    this.#referenced = true;
  }

  unref(): void {
    if (this.#referenced && this.#alive && !this.#closed) unrefLoop();
    this.#referenced = false;
  }

  hasRef(): boolean {
    return this.#referenced && this.#child !== undefined && !this.#exitReported && !this.#closed;
  }

  /** `onexit` is not called any more. A process that still runs continues, and the engine reaps it. */
  close(callback?: () => void): void {
    if (this.#closed) return;
    if (this.#referenced && this.#alive) unrefLoop();
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
    if (this.#referenced) refLoop();
    const error = openStreams(stdio, pairs);
    if (error !== 0) this.kill(SIGKILL);
    else if (this.#more !== undefined) this.#more.pidfd = child.pidfd;
    return error;
  }

  #fail(failure: FailedStart, plan: Plan, file: string, stdio: readonly StdioEntry[], pairs: Pairs): number {
    const { kind, error } = failure;
    this.#failure = () => spawnError(failure, plan, file);
    if (kind === 'failed' && (error === EMFILE || error === ENFILE)) {
      // On these errors Node does not open the streams; on every other error 'close' waits for their end.
      closeOurEnds(pairs);
      return -error;
    }
    const unopened = openStreams(stdio, pairs);
    const errno = errnoOf(failure);
    if (errno !== null) return -errno;
    this.pid = failure.pid;
    this.#reportExit(() => failure);
    return unopened;
  }

  /** The process does not keep the event loop alive any more. */
  #releaseLoop(): void {
    if (this.#referenced && !this.#closed) unrefLoop();
    this.#alive = false;
  }

  #reportExit(takeEnding: () => { readonly exitCode: number; readonly signal: number }): void {
    this.#report(() => {
      const { exitCode, signal } = takeEnding();
      return endOf(exitCode, signal);
    });
  }

  /**
   * Calls `onexit` after the data that the child wrote has been read. The child may have written after this turn of the
   * event loop polled its pipes, so one full poll phase must pass: from this check phase to the one after the next
   * poll. If `onexit` were called at once, nearly every exit would come before the data (199 of 200); after a single
   * `setImmediate`, still 1 of 100.
   */
  #report(takeEnd: () => End): void {
    const report = (): void => {
      const end = takeEnd();
      this.#exitReported = true;
      if (this.#more !== undefined) this.#more.pidfd = -1;
      if (!this.#closed) this.#resource.runInAsyncScope(this.onexit, this, ...end);
    };
    // `setImmediate` keeps the loop alive, also for an unreferenced child: it is awake now and must not block in
    // between.
    this.#context.runInAsyncScope(() => setImmediate(() => setImmediate(report)));
  }
}

type End = readonly [exitCode: number | null, signalCode: string | null];

/** In Node's form. A real-time signal has the name ''. Both are null if other code reaped the child first. */
function endOf(exitCode: number, signal: number): End {
  if (signal === 0) return exitCode < 0 ? [null, null] : [exitCode, ''];
  return [0, nodeSignalName(signal)];
}
