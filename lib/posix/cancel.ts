import { addAbortListener } from 'node:events';

type Callback = () => void;

const waiting = new WeakMap<AbortSignal, { callbacks: Set<Callback>; listener: Disposable }>();

/**
 * Calls `callback` once when the signal is aborted; the function returned takes that back. Any number of starts on one
 * signal make one listener, so that a long-lived signal gets no warning of too many.
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
      // both may be the caller's own; a child runs by now, and has to be heard of. The listener is used again then.
      if (signal.aborted) return;
      listener[Symbol.dispose]();
      waiting.delete(signal);
    } catch {
      return;
    }
  };
}
