import { createRequire } from 'node:module';
import { types } from 'node:util';

interface Modules {
  'node:child_process': typeof import('node:child_process');
  'node:module': typeof import('node:module');
  'node:timers': typeof import('node:timers');
  'node:worker_threads': typeof import('node:worker_threads');
}

/**
 * Node's own object, as it is at load. Not by `import` or `require` where that can be avoided: Node then asks every
 * property of it, makes the standard streams for that, and stdin no longer waits in the programs that inherit it.
 */
export const nodeProcess = findProcess();

/** A program may have put another object in its place before, which need not have what Node's own has. */
function findProcess(): NodeJS.Process {
  const there = globalThis.process as NodeJS.Process | undefined;
  const version = there && Object.getOwnPropertyDescriptor(there, 'version');
  // a copy made by assignments is writable, an object that inherits has no version of its own
  if (there !== undefined && version?.writable === false && !types.isProxy(there)) return there;
  return createRequire(import.meta.url)('node:process') as NodeJS.Process;
}

/**
 * The object that `require` gives of a module of Node's. Not by `import`: with a loader hook (import-in-the-middle) an
 * import makes a copy of the module's functions, once. If this package caused that copy before it replaces the
 * functions, every later import in the program would still get Node's own.
 */
export function builtin<Id extends keyof Modules>(id: Id): Modules[Id] {
  const module: unknown = nodeProcess.getBuiltinModule?.(id) ?? createRequire(import.meta.url)(id);
  return module as Modules[Id];
}
