import { builtin } from '../builtin.js';
import { nodeChildProcess, REGISTERED } from '../child_process/node-internals/node-child-process.js';
import { isNodesOwn } from '../child_process/node-internals/node-own.js';
import { useExports } from '../child_process/stubs.js';

/** What was changed in the module object of `node:child_process`. */
export interface Replacement {
  /** Each name that was replaced, and the new function. */
  readonly ours: ReadonlyMap<string, unknown>;
  /**
   * Each name that other code had replaced before, and its function, which stays. That function calls the Node function
   * that it took from the module earlier, so it cannot be made to call ours. Replacing it would disable the other code.
   */
  readonly kept: ReadonlyMap<string, unknown>;
}

/**
 * Puts this package's functions into the module object of `node:child_process`, which `require`,
 * `process.getBuiltinModule` and Node's own cluster share. `syncBuiltinESMExports` puts them into the bindings that ES
 * modules have imported: the caller calls it.
 * @returns undefined if that was done before: functions that other code has patched since must stay.
 */
export function replaceBuiltin(api: object): Replacement | undefined {
  const module = builtin('node:child_process');
  if (Object.hasOwn(module, REGISTERED)) return undefined;
  const value = Object.freeze({ ...nodeChildProcess });
  Reflect.defineProperty(module, REGISTERED, { __proto__: null, value } as PropertyDescriptor);
  const ours = new Map<string, unknown>();
  const kept = new Map<string, unknown>();
  for (const [name, value] of Object.entries(api)) {
    if (value === Reflect.get(nodeChildProcess, name)) continue;
    const before = current(name);
    // Reflect.set returns false if other code has made the property read-only.
    if (isNodesOwn(before) && Reflect.set(module, name, value)) ours.set(name, value);
    else kept.set(name, before);
  }
  useExports(module);
  return { ours, kept };
}

/** The current value of a name of `node:child_process`. */
export function current(name: string): unknown {
  return Reflect.get(builtin('node:child_process'), name);
}
