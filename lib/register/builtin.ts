import { builtin } from '../builtin.js';
import { useExports } from '../child_process/async/exec.js';
import { stock } from '../child_process/node-internals/node-child-process.js';
import { isNodesOwn } from '../child_process/node-internals/node-own.js';

/** On the built-in module, known to every copy of this package: two of them must not replace each other's functions. */
const registered = Symbol.for('forkless/register');

/** What was done with the module object of `node:child_process`. */
export interface Replacement {
  /** Each name and our function, which stands there now. */
  readonly ours: ReadonlyMap<string, unknown>;
  /**
   * Each name that other code had replaced before, and its function, which stays. It calls Node's function, which it
   * has taken out of the module: ours cannot be put below it, and in its place the other code's work would be lost.
   */
  readonly kept: ReadonlyMap<string, unknown>;
}

/**
 * Puts our functions into the module object of `node:child_process`, which `require`, `process.getBuiltinModule` and
 * Node's own cluster share, and behind the names that ES modules have imported.
 * @returns undefined where that was done before: what others have patched since is theirs.
 */
export function replaceBuiltin(api: object): Replacement | undefined {
  const module = builtin('node:child_process');
  if (Object.hasOwn(module, registered)) return undefined;
  Reflect.defineProperty(module, registered, { __proto__: null, value: true } as PropertyDescriptor);
  const ours = new Map<string, unknown>();
  const kept = new Map<string, unknown>();
  for (const [name, value] of Object.entries(api)) {
    if (value === Reflect.get(stock, name)) continue;
    const before = current(name);
    // what cannot be set was made read-only
    if (isNodesOwn(before) && Reflect.set(module, name, value)) ours.set(name, value);
    else kept.set(name, before);
  }
  useExports(module);
  builtin('node:module').syncBuiltinESMExports();
  return { ours, kept };
}

/** What stands behind a name of `node:child_process` at this moment. */
export function current(name: string): unknown {
  return Reflect.get(builtin('node:child_process'), name);
}
