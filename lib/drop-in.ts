/**
 * What stands behind `forkless/child_process` in this thread.
 * @inline
 */
export interface DropIn {
  /** `'forkless'`: this package's engine; `'node'`: the runtime's own functions; null: not loaded yet. */
  backend: 'forkless' | 'node' | null;
  /** Why the runtime's own functions are handed out; null where they are not, and before it is loaded. */
  reason: string | null;
}

/** Written once, when `forkless/child_process` is loaded; `features()` shows it. */
export const dropIn: DropIn = { backend: null, reason: null };
