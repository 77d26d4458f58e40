/**
 * What `forkless/child_process` uses in this thread.
 * @inline
 */
export interface DropIn {
  /** `'forkless'`: this package's engine; `'node'`: the runtime's own functions; null: not loaded yet. */
  backend: 'forkless' | 'node' | null;
  /**
   * With `'node'`: why. With `'forkless'`: which functions do not reach the engine at this moment, and why; null if all
   * do. null before it is loaded.
   */
  reason: string | null;
}

/** Written once, when `forkless/child_process` is loaded. */
export const dropIn: DropIn = { backend: null, reason: null };

/** Says what does not reach the engine now, or null. */
type Exception = () => string | null;

const exceptions: Exception[] = [];

/** For what may keep functions from the engine later, although `backend` is `'forkless'`. */
export function addException(exception: Exception): void {
  exceptions.push(exception);
}

/** What `features()` shows. */
export function currentDropIn(): DropIn {
  const found = exceptions.map((exception) => exception()).filter((text) => text !== null);
  return { ...dropIn, reason: dropIn.reason ?? (found.length > 0 ? found.join('; ') : null) };
}
