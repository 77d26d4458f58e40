import { constants } from 'node:os';
import { binding } from '../binding.js';

import type { Failure } from '../errors.js';
import type { EncodedPlan } from '../plan/encode.js';
import { KIND, PLACE, RECORD_SIZE } from '../record.js';

/** Socket pairs, as libuv makes them. First our ends, for Node's streams, then as many of the child's. */
export type Pairs = Int32Array;

/** How far a child may go. */
export interface Limits {
  /** Milliseconds; 0: as long as it takes. */
  readonly timeout: number;
  /** Bytes of all its pipes together; -1: any number. */
  readonly maxOutput: number;
  /** The number of the signal for one that goes beyond. */
  readonly killSignal: number;
}

/** From when on its time counts. */
export type Clock = 'start' | 'exec';

/** A child that has come and gone. */
export interface Collected {
  readonly kind: 'ended';
  readonly pid: number;
  /** -1: a signal ended it, or nobody knows. */
  readonly exitCode: number;
  /** 0: none. */
  readonly signal: number;
  /** A positive errno: ETIMEDOUT, ENOBUFS, ENOMEM, or the first error of a pipe. 0: none. */
  readonly error: number;
  /** One for each pipe; undefined where it was written. */
  readonly outputs: readonly (Buffer | undefined)[];
}

const { EPROTO } = constants.errno;

const limitNumbers = new Float64Array(4);
const record = new Float64Array(RECORD_SIZE);

/**
 * Starts a child and waits for its end and the end of all pipes, which are closed then, whatever happens.
 * @param input for the first pipe; undefined: all pipes are read
 * @param clock from when on the timeout counts: `exec`, as in Node, unless something before exec may hang
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
  const [error, exitCode, signal] = [at(PLACE.error), at(PLACE.exitCode), at(PLACE.signal)];
  const place = { step: at(PLACE.step), op: at(PLACE.op) };
  if (at(PLACE.kind) === KIND.failed) return { kind: 'failed', error, ...place, exitCode, signal };
  // it ended by itself and gave no reason: its exit code is not that of a program
  if (at(PLACE.kind) === KIND.died && exitCode >= 0)
    return { kind: 'died', error: EPROTO, ...place, exitCode, signal };
  return { kind: 'ended', pid: at(PLACE.pid), exitCode, signal, error, outputs };
}

function at(place: number): number {
  return record[place] as number;
}
