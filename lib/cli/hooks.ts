import { builtin } from '../builtin.js';
import { REGISTERED } from '../child_process/node-internals/node-child-process.js';
import { isNodesOwn } from '../child_process/node-internals/node-own.js';
import type { Features } from '../posix/features.js';
import { nodeOptions, preloadedModules } from './node-flags.js';

/** What other code has done to this process before the doctor looks at it: by LD_PRELOAD, by flags, in NODE_OPTIONS. */
export interface Hooks {
  /** The library that has replaced `execve` or one of its family; null if none has. */
  readonly exec: string | null;
  /** Modules that the flags of this Node and NODE_OPTIONS load first, in order. */
  readonly preloaded: readonly string[];
  /** Has `forkless/register` put its functions into `node:child_process`? */
  readonly registered: boolean;
  /** Functions of `node:child_process` that other code has replaced. */
  readonly replaced: readonly string[];
  /** Names for which an ES import of `node:child_process` gives something else than `require`, by a loader hook. */
  readonly copied: readonly string[];
}

/** @param ours the functions of `forkless/child_process`, if it is loaded */
export async function findHooks({ execHook }: Features, ours: object): Promise<Hooks> {
  const module = builtin('node:child_process');
  return {
    exec: execHook,
    preloaded: preloadedModules([...process.execArgv, ...nodeOptions(process.env['NODE_OPTIONS'] ?? '')]),
    registered: Object.hasOwn(module, REGISTERED),
    replaced: replacedIn(module, ours),
    copied: await copiedFrom(module),
  };
}

/** None in Bun and Deno, where it cannot be told whose function one is. */
function replacedIn(module: object, ours: object): string[] {
  if (isForeignRuntime()) return [];
  const own = new Set<unknown>(Object.values(ours));
  return Object.entries(module)
    .filter(([, value]) => typeof value === 'function' && !own.has(value) && !isNodesOwn(value))
    .map(([name]) => name);
}

async function copiedFrom(module: object): Promise<string[]> {
  if (isForeignRuntime()) return [];
  try {
    // The other one too, as `forkless/register` does: so what that has found is known afterwards.
    const [imported] = await Promise.all([import('node:child_process'), import('node:worker_threads')]);
    return Object.keys(module).filter((name) => Reflect.get(imported, name) !== Reflect.get(module, name));
  } catch {
    return []; // a hook refuses the import, so nothing is copied
  }
}

function isForeignRuntime(): boolean {
  return 'bun' in process.versions || 'deno' in process.versions;
}
