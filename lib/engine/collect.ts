import { binding } from '../binding.js';
import { builtin } from '../builtin.js';
import type { Failure } from '../errors.js';
import type { EncodedPlan } from '../plan/encode.js';
import { KIND, PLACE, RECORD_SIZE } from '../record.js';
import type { Pairs } from './descriptors.js';

const { constants } = builtin('node:os');

/** A child that exceeds one of these is killed. */
export interface Limits {
  /** Milliseconds; 0: none. */
  readonly timeout: number;
  /** Bytes of all its pipes together; -1: unlimited. */
  readonly maxOutput: number;
  /** The number of the signal that kills it. */
  readonly killSignal: number;
}

/** When the timeout begins. */
export type Clock = 'start' | 'exec';

/** A child that ran and has ended. */
export interface Collected {
  readonly kind: 'ended';
  readonly pid: number;
  /** -1: a signal ended it, or it is unknown. */
  readonly exitCode: number;
  /** 0: none. */
  readonly signal: number;
  /** A positive errno: ETIMEDOUT, ENOBUFS, ENOMEM, or the first error of a pipe. 0: none. */
  readonly error: number;
  /** One for each pipe; undefined for the one that was written. */
  readonly outputs: readonly (Buffer | undefined)[];
}

const { EPROTO } = constants.errno;

const limitNumbers = new Float64Array(4);
const record = new Float64Array(RECORD_SIZE);

/**
 * Starts a child and waits until it has ended and all its pipes are at end of file. Always closes the pairs.
 * @param input written to the first pipe; undefined: all pipes are read
 * @param clock use `exec`, as Node does, unless a step before exec may block
 */
export function collect(
  { bytes, size }: EncodedPlan,
  pairs: Pairs,
  input: Uint8Array | undefined,
  limits: Limits,
  clock: Clock,
): Collected | Failure {
  limitNumbers[0] = limits.timeout;
  limitNumbers[1] = limits.maxOutput;
  limitNumbers[2] = limits.killSignal;
  limitNumbers[3] = Number(clock === 'start');
  const count = pairs.length / 2;
  const [ours, theirs] = [pairs.subarray(0, count), pairs.subarray(count)];
  const outputs = binding().collect(bytes, size, ours, theirs, input, limitNumbers, record);
  const [error, exitCode, signal] = [numberAt(PLACE.error), numberAt(PLACE.exitCode), numberAt(PLACE.signal)];
  const place = { step: numberAt(PLACE.step), op: numberAt(PLACE.op) };
  if (numberAt(PLACE.kind) === KIND.failed) return { kind: 'failed', error, ...place, exitCode, signal };
  // The child exited before exec without a report: the exit code is not the program's.
  if (numberAt(PLACE.kind) === KIND.died && exitCode >= 0)
    return { kind: 'died', error: EPROTO, ...place, exitCode, signal };
  return { kind: 'ended', pid: numberAt(PLACE.pid), exitCode, signal, error, outputs };
}

function numberAt(place: number): number {
  return record[place] as number;
}
