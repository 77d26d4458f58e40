import { builtin } from '../builtin.js';

const { addAbortListener } = builtin('node:events');

type Callback = () => void;

const waiting = new WeakMap<AbortSignal, { callbacks: Set<Callback>; listener: Disposable }>();

/**
 * Calls `callback` once when the signal is aborted; the returned function removes it again. All callbacks of a signal
 * share one listener: with one each, many concurrent calls would cause Node's MaxListenersExceededWarning.
 */
export function onAbort(signal: AbortSignal, callback: Callback): Callback {
  let entry = waiting.get(signal);
  if (entry === undefined) {
    const callbacks = new Set<Callback>();
    const listener = addAbortListener(signal, () => {
      waiting.delete(signal);
      for (const each of callbacks) each();
    });
    entry = { callbacks, listener };
    waiting.set(signal, entry);
  }
  const { callbacks, listener } = entry;
  callbacks.add(callback);
  return () => {
    if (!callbacks.delete(callback) || callbacks.size > 0) return;
    try {
      // The caller may have replaced `aborted` or `removeEventListener` by functions that throw. The error is ignored:
      // the child already runs, and the promise must still be settled. The listener stays and is used again.
      if (signal.aborted) return;
      listener[Symbol.dispose]();
      waiting.delete(signal);
    } catch {
      return;
    }
  };
}
