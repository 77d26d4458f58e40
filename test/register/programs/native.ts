// What Node calls in its native code.
import { calls } from './observed.js';

type Spawn = (this: unknown, ...args: unknown[]) => unknown;
export interface Place {
  spawn: Spawn;
}
export type Kind = 'sync' | 'async';

const internals = process as unknown as {
  binding(name: 'spawn_sync'): Place;
  binding(name: 'process_wrap'): { Process: { prototype: Place } };
};

export function placeOf(kind: Kind): Place {
  return kind === 'sync'
    ? internals.binding('spawn_sync')
    : internals.binding('process_wrap').Process.prototype;
}

/** Replaces the function; the result puts it back. */
export function hook(kind: Kind): () => void {
  const place = placeOf(kind);
  const { spawn } = place;
  place.spawn = function (...args) {
    calls.push(kind);
    return spawn.apply(this, args);
  };
  return () => {
    place.spawn = spawn;
  };
}
