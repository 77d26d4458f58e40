import type { Binding, Channel } from '../binding.js';
import { binding } from '../binding.js';
import type { Failure } from '../errors.js';
import { withFields } from '../own.js';
import { encode } from '../plan/encode.js';
import type { Plan } from '../plan/vocabulary.js';
import { stageTable, stepTable } from '../plan/vocabulary.js';
import { KIND, PLACE, RECORD_SIZE } from '../record.js';

/** How a process ended, in the engine's numbers. */
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

/** Told about one child. Each method is called at most once, in this order. */
export interface ChildListener {
  execed(): void;
  /** Instead of `execed`; no other call follows. */
  failed(failure: Failure): void;
  ended(ending: Ending): void;
  /** Instead of `ended`, if the start asked for it: the pid is not reused until `reapChild`. */
  unreaped?(id: number): void;
}

/** A process that could not be started. The pid is that of a child that has ended; 0 if none was made. */
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
const WATCH = stepTable.length + stageTable.findIndex((stage) => stage.name === 'watch');

const { get, set, delete: remove } = Map.prototype as Map<number, ChildListener>;
/**
 * By id. Nothing may throw between the clone and the entry here, or a child would run that no listener knows. A program
 * can replace methods of Map, so this map keeps those from load time. Not an object: ids of 2^32 or more would be
 * strings.
 */
const listeners = withFields(new Map<number, ChildListener>(), { get, set, delete: remove });
const { queueMicrotask } = globalThis;
const record = new Float64Array(RECORD_SIZE);
const records = new Float64Array(RECORD_SIZE * EVENTS_AT_ONCE);

/** Starts a child and returns before exec, of which the listener is told. If no child could be made, returns why. */
export function startChild(plan: Plan, listener: ChildListener): StartedChild | FailedStart {
  return run(plan, listener, (native, channel, bytes, size) => native.start(channel, bytes, size, record));
}

const noPairs = new Int32Array(0);

/**
 * Starts a child and returns when exec has succeeded or failed; the listener is told of its end only.
 * @param end `reaped`: told after the child is reaped; `unreaped`: before, and the listener calls `reapChild`
 * @param pairs the child's ends are closed and set to -1 once the engine has tried to make a child
 */
export function startChildAndWait(
  plan: Plan,
  listener: ChildListener,
  end: 'reaped' | 'unreaped',
  pairs: Int32Array = noPairs,
): StartedChild | FailedStart {
  return run(plan, listener, (native, channel, bytes, size) =>
    native.startAndWait(channel, bytes, size, record, pairs, end === 'unreaped'),
  );
}

/** Called once, after `unreaped`. */
export function reapChild(id: number): Ending {
  binding().reap(id, record);
  return endingAt(record, 0);
}

export function isFailure(result: StartedChild | FailedStart): result is FailedStart {
  return result.kind !== 'started';
}

/** @returns 0 or a positive errno. */
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
let opened: Channel | undefined;

/** Only after `listenError` has returned 0. */
function channel(): Channel {
  return opened as Channel;
}

type StartCall = (native: Binding, channel: Channel, bytes: Uint8Array, size: number) => void;

function run(plan: Plan, listener: ChildListener, start: StartCall): StartedChild | FailedStart {
  const native = binding();
  const error = listenError();
  if (error !== 0) return { kind: 'failed', error, step: -1, op: WATCH, exitCode: -1, signal: 0, pid: 0 };
  const { bytes, size } = encode(plan);
  record[PLACE.pid] = 0;
  start(native, channel(), bytes, size);
  if (record[PLACE.kind] !== KIND.pending && record[PLACE.kind] !== KIND.execed)
    return { ...failureAt(record, 0), pid: at(record, PLACE.pid) };
  const child = {
    kind: 'started',
    id: at(record, PLACE.id),
    pid: at(record, PLACE.pid),
    pidfd: at(record, PLACE.pidfd),
  } as const;
  listeners.set(child.id, listener);
  return child;
}

/**
 * 0, or the positive errno for which this thread cannot be told when a child ends: the thread that waits for children
 * cannot be created, such as after unshare(CLONE_NEWPID) in the calling thread.
 */
export function listenError(): number {
  if (opened !== undefined) return 0;
  const result = binding().listen(deliver);
  if (typeof result === 'number') {
    lastListenError = -result;
    return lastListenError;
  }
  opened = result;
  lastListenError = 0;
  return 0;
}

/** The last result of `listenError`, without a new attempt; 0 before its first call. */
export let lastListenError = 0;

/**
 * Called by the engine when events are ready, once for all of them. Listeners settle promises, whose handlers run
 * later, so no handler starts a child in here. If a listener throws (a program may have replaced what it calls), the
 * error is reported as uncaught and the other listeners are still called.
 */
function deliver(): void {
  let count: number;
  do {
    count = binding().takeEvents(channel(), records);
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

function dispatch(offset: number): void {
  const id = at(records, offset + PLACE.id);
  const kind = at(records, offset + PLACE.kind);
  const listener = listeners.get(id);
  if (listener === undefined) return;
  if (kind === KIND.execed) return listener.execed();
  listeners.delete(id);
  if (kind === KIND.unreaped) listener.unreaped?.(id);
  else if (kind === KIND.ended) listener.ended(endingAt(records, offset));
  else listener.failed(failureAt(records, offset));
}

function at(from: Float64Array, place: number): number {
  return from[place] as number;
}

function failureAt(from: Float64Array, offset: number): Failure {
  const kind = at(from, offset + PLACE.kind);
  return {
    kind: kind === KIND.died ? 'died' : kind === KIND.lost ? 'lost' : 'failed',
    error: at(from, offset + PLACE.error),
    step: at(from, offset + PLACE.step),
    op: at(from, offset + PLACE.op),
    exitCode: at(from, offset + PLACE.exitCode),
    signal: at(from, offset + PLACE.signal),
  };
}

function endingAt(from: Float64Array, offset: number): Ending {
  return {
    exitCode: at(from, offset + PLACE.exitCode),
    signal: at(from, offset + PLACE.signal),
    coreDumped: at(from, offset + PLACE.coreDumped) !== 0,
    reapedElsewhere: at(from, offset + PLACE.reapedElsewhere) !== 0,
    usage: from.slice(offset + PLACE.usage, offset + PLACE.usage + USAGE_FIGURES),
  };
}
