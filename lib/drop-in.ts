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

/** Written once: by the import if nothing but that is needed to know, else when the engine is loaded. */
export const dropIn: DropIn = { backend: null, reason: null };

/** Returns which functions do not reach the engine at this moment, and why; null if all do. */
type ReasonSource = () => string | null;

const sources: ReasonSource[] = [];
let load: ReasonSource = () => null;

/** Adds a source to the `reason` that `features()` shows while `backend` is `'forkless'`. */
export function addReason(source: ReasonSource): void {
  sources.push(source);
}

/** @param loader loads the engine if it is not loaded. Returns why that failed this time but may succeed later, or null */
export function useLoader(loader: ReasonSource): void {
  load = loader;
}

/** What `features()` shows. Loads the engine if the drop-in is loaded. */
export function currentDropIn(): DropIn {
  const trouble = load();
  if (trouble !== null) return { backend: 'node', reason: trouble };
  const found = sources.map((source) => source()).filter((text) => text !== null);
  return { ...dropIn, reason: dropIn.reason ?? (found.length > 0 ? found.join('; ') : null) };
}
