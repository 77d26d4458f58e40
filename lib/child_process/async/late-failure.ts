import type { Failure } from '../../errors.js';

const EPROTO = 71;

/**
 * A start that the engine did not wait for may still fail, after `spawn` has returned a child with a pid. This is told
 * in the way in which Node's own ChildProcess tells a start that failed: `onexit` with a negative number. The child
 * emits 'spawn', 'error' and 'close'.
 */

/**
 * The errno with which a failed start is reported, positive. null: a signal killed the child before exec, or it is not
 * known how it ended. Node cannot tell this from a program that was killed, so it is reported as an end.
 */
export function errnoOf({ kind, error, exitCode }: Failure): number | null {
  if (kind === 'failed') return error;
  // The child exited before exec without a report: the exit code is not the program's.
  return kind === 'died' && exitCode >= 0 ? EPROTO : null;
}
