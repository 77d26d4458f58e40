import type { Binding, Channel, KnownProgram } from '../binding.js';
import { binding } from '../binding.js';
import type { Failure } from '../errors.js';
import { withFields } from '../own.js';
import { encode } from '../plan/encode.js';
import type { Plan } from '../plan/vocabulary.js';
import { stageTable, stepTable } from '../plan/vocabulary.js';
import { KIND, PLACE, RECORD_SIZE } from '../record.js';

export type { KnownProgram };

/** How a process ended, as numbers of the kernel. */
export interface Ending {
  /** -1: a signal ended it, or it is unknown. */
  readonly exitCode: number;
  /** 0: none. */
  readonly signal: number;
  readonly coreDumped: boolean;
  /** Other code has reaped it. */
  readonly reapedElsewhere: boolean;
  /** In the order of `FIGURE`. */
  readonly usage: Float64Array;
}

/** Receives the events of one child. Each method is called at most once, in this order. */
export interface ChildListener {
  /** exec has succeeded: the program runs. */
  execed(): void;
  /**
   * exec has not succeeded. Called instead of `execed`; no other call follows. The child is reaped, or if it was started
   * by `startKnownChild`, the listener calls `reapChild`.
   */
  failed(failure: Failure): void;
  /** The process has ended and is reaped. */
  ended(ending: Ending): void;
  /**
   * The process has ended and is not reaped: the pid is not reused until the listener calls `reapChild`. Called instead
   * of `ended` for a child started with `end: 'unreaped'`.
   */
  unreaped?(id: number): void;
}

/** A process that could not be started. `pid`: of the child that failed and is reaped; 0 if no child was made. */
export interface FailedStart extends Failure {
  readonly pid: number;
}

export interface StartedChild {
  readonly kind: 'started';
  readonly id: number;
  readonly pid: number;
  readonly pidfd: number;
}

const EVENTS_AT_ONCE = 64;
const USAGE_FIGURES = RECORD_SIZE - PLACE.usage;
/** The number of the stage `watch`. */
const WATCH = stepTable.length + stageTable.findIndex((stage) => stage.name === 'watch');

const { get, set, delete: remove } = Map.prototype as Map<number, ChildListener>;
/**
 * The listener of each child, by id. Nothing may throw between the clone and the entry here: the child would run, but no
 * listener would receive its events. A program can replace the methods of Map.prototype, so this map has those from load
 * time as its own. Not an object: ids can be 2^32 or more, which an object would convert to strings.
 */
const listeners = withFields(new Map<number, ChildListener>(), { get, set, delete: remove });
const { queueMicrotask } = globalThis;
/** The result of the last start or `reapChild`. */
const startRecord = new Float64Array(RECORD_SIZE);
/** What `takeEvents` fills: up to `EVENTS_AT_ONCE` records, one after another. */
const eventRecords = new Float64Array(RECORD_SIZE * EVENTS_AT_ONCE);

/**
 * Starts a child and returns before exec. The listener receives its events. If no child could be made, the failure is
 * returned and the listener is not called.
 */
export function startChild(plan: Plan, listener: ChildListener): StartedChild | FailedStart {
  return start(plan, listener, (native, channel, bytes, size) =>
    native.start(channel, bytes, size, startRecord),
  );
}

const noPairs = new Int32Array(0);

/**
 * Starts a child and returns when exec has succeeded or failed. A failure is returned; `execed` and `failed` of the
 * listener are never called.
 * @param end `reaped`: `ended` is called when the child is reaped; `unreaped`: `unreaped` is called before that
 * @param pairs the child's ends are closed and set to -1 once the engine has tried to make a child
 */
export function startChildAndWait(
  plan: Plan,
  listener: ChildListener,
  end: 'reaped' | 'unreaped',
  pairs: Int32Array = noPairs,
): StartedChild | FailedStart {
  return start(plan, listener, (native, channel, bytes, size) =>
    native.startAndWait(channel, bytes, size, startRecord, pairs, end === 'unreaped'),
  );
}

/** A record of what the engine knows of a program. It fills it when it has waited for an exec. */
export function makeKnownProgram(): KnownProgram {
  return binding().makeProgram();
}

/**
 * As `startChildAndWait` with `unreaped`, but if the exec is as good as certain, returns before it. The child does not
 * die with this process. `failed` of the listener is called if exec fails after that, and instead of `unreaped`.
 */
export function startKnownChild(
  plan: Plan,
  listener: ChildListener,
  pairs: Int32Array,
  program: KnownProgram,
): StartedChild | FailedStart {
  return start(plan, listener, (native, channel, bytes, size) =>
    native.startKnown(channel, bytes, size, startRecord, pairs, program),
  );
}

/** To be called once, after `unreaped`, and after `failed` of a child that `startKnownChild` has started. */
export function reapChild(id: number): Ending {
  binding().reap(id, startRecord);
  return endingAt(startRecord, 0);
}

export function isFailure(result: StartedChild | FailedStart): result is FailedStart {
  return result.kind !== 'started';
}

/** Sends a signal by pidfd. @returns 0 or a positive errno; ESRCH once the child has ended */
export function signalChild(id: number, signal: number): number {
  return -binding().signal(channel(), id, signal);
}

/** Keeps the event loop alive for one more child. */
export function refLoop(): void {
  if (++loopRefs === 1) binding().keepAlive(channel(), true);
}

/** Undoes one `refLoop`. */
export function unrefLoop(): void {
  if (--loopRefs === 0) binding().keepAlive(channel(), false);
}

let loopRefs = 0;
let openChannel: Channel | undefined;

/** Only after `startListening` has returned 0. */
function channel(): Channel {
  return openChannel as Channel;
}

type StartCall = (native: Binding, channel: Channel, bytes: Uint8Array, size: number) => void;

function start(plan: Plan, listener: ChildListener, call: StartCall): StartedChild | FailedStart {
  const native = binding();
  const error = startListening();
  if (error !== 0) return { kind: 'failed', error, step: -1, op: WATCH, exitCode: -1, signal: 0, pid: 0 };
  const { bytes, size } = encode(plan);
  startRecord[PLACE.pid] = 0;
  call(native, channel(), bytes, size);
  if (startRecord[PLACE.kind] !== KIND.pending && startRecord[PLACE.kind] !== KIND.execed)
    return { ...failureAt(startRecord, 0), pid: numberAt(startRecord, PLACE.pid) };
  const child = {
    kind: 'started',
    id: numberAt(startRecord, PLACE.id),
    pid: numberAt(startRecord, PLACE.pid),
    pidfd: numberAt(startRecord, PLACE.pidfd),
  } as const;
  listeners.set(child.id, listener);
  return child;
}

/**
 * Prepares this thread to receive events. At the first call in the process this also creates the thread that waits for
 * children, which is not possible, for example, after unshare(CLONE_NEWPID) in the calling thread.
 * @returns 0, also if that has been done before; otherwise a positive errno. The next call tries again.
 */
export function startListening(): number {
  if (openChannel !== undefined) return 0;
  const result = binding().listen(deliverEvents);
  if (typeof result === 'number') {
    lastListenError = -result;
    return lastListenError;
  }
  openChannel = result;
  lastListenError = 0;
  return 0;
}

/** What `startListening` returned last; 0 before its first call. */
export let lastListenError = 0;

/**
 * Called by the engine when events are ready, once for all of them. Listeners only resolve promises or schedule
 * callbacks, so no handler of the program runs, and starts a child, inside this loop. If a listener throws (a program may have replaced a function that it calls), the error becomes an uncaught exception
 * and the other listeners are still called.
 */
function deliverEvents(): void {
  let count: number;
  do {
    count = binding().takeEvents(channel(), eventRecords);
    for (let index = 0; index < count; index++) {
      try {
        dispatch(index * RECORD_SIZE);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  } while (count === EVENTS_AT_ONCE);
}

/**
 * As Node's own handles have it. Tools that look for what keeps a process alive, such as `jest --detectOpenHandles`, find
 * this function by async_hooks, and would report it after the last child has ended.
 */
deliverEvents.hasRef = (): boolean => loopRefs > 0;

function dispatch(offset: number): void {
  const id = numberAt(eventRecords, offset + PLACE.id);
  const kind = numberAt(eventRecords, offset + PLACE.kind);
  const listener = listeners.get(id);
  if (listener === undefined) return;
  if (kind === KIND.execed) return listener.execed();
  listeners.delete(id);
  if (kind === KIND.unreaped) listener.unreaped?.(id);
  else if (kind === KIND.ended) listener.ended(endingAt(eventRecords, offset));
  else listener.failed(failureAt(eventRecords, offset));
}

function numberAt(from: Float64Array, place: number): number {
  return from[place] as number;
}

function failureAt(from: Float64Array, offset: number): Failure {
  const kind = numberAt(from, offset + PLACE.kind);
  return {
    kind: kind === KIND.died ? 'died' : kind === KIND.lost ? 'lost' : 'failed',
    error: numberAt(from, offset + PLACE.error),
    step: numberAt(from, offset + PLACE.step),
    op: numberAt(from, offset + PLACE.op),
    exitCode: numberAt(from, offset + PLACE.exitCode),
    signal: numberAt(from, offset + PLACE.signal),
  };
}

function endingAt(from: Float64Array, offset: number): Ending {
  return {
    exitCode: numberAt(from, offset + PLACE.exitCode),
    signal: numberAt(from, offset + PLACE.signal),
    coreDumped: numberAt(from, offset + PLACE.coreDumped) !== 0,
    reapedElsewhere: numberAt(from, offset + PLACE.reapedElsewhere) !== 0,
    usage: from.slice(offset + PLACE.usage, offset + PLACE.usage + USAGE_FIGURES),
  };
}
