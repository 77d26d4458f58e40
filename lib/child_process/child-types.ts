import type * as node from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { SpawnError } from '../errors.js';
import type { MoreOfChild } from './async/process-handle.js';

/** An `Error` that this module's functions emit, return or hand to a callback. */
export interface MoreOfError {
  /** The `SpawnError`, if the program could not be started. Its `step` tells it from the reason of an `AbortSignal`. */
  readonly cause?: SpawnError | AbortReason | undefined;
}

/**
 * The reason of an `AbortSignal`, which can be any value: it is the `cause` of an AbortError. It has no fields of a
 * `SpawnError` but those that an error of another kind can have.
 */
export type AbortReason = {
  readonly [Name in keyof SpawnError]?: Name extends keyof Error | 'code' ? unknown : undefined;
};

type ErrorListener = (error: Error & MoreOfError) => void;

/** A listener for `'error'` of a child, with the type of the error. Node's own overloads have the other events. */
export interface OnError {
  addListener(event: 'error', listener: ErrorListener): this;
  on(event: 'error', listener: ErrorListener): this;
  once(event: 'error', listener: ErrorListener): this;
  prependListener(event: 'error', listener: ErrorListener): this;
  prependOnceListener(event: 'error', listener: ErrorListener): this;
}

// `OnError` is in front, so that its overloads are tried before Node's.
type More<Child extends node.ChildProcess> = OnError & MoreOfChild & Child;
export type Child = More<node.ChildProcess>;
export type ChildWithPipes = More<node.ChildProcessWithoutNullStreams>;
export type ChildByStdio<
  Stdin extends Writable | null,
  Stdout extends Readable | null,
  Stderr extends Readable | null,
> = More<node.ChildProcessByStdio<Stdin, Stdout, Stderr>>;

export type SpawnSyncReturns<Output> = node.SpawnSyncReturns<Output> & {
  error?: Error & { readonly cause?: SpawnError | undefined };
};
