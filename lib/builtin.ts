import { createRequire } from 'node:module';
import { types } from 'node:util';

interface Modules {
  'node:child_process': typeof import('node:child_process');
  'node:module': typeof import('node:module');
  'node:timers': typeof import('node:timers');
  'node:worker_threads': typeof import('node:worker_threads');
}

/**
 * Node's own `process` object, taken at load. Not by `import` or `require` if possible: Node would then read every
 * property of it, which creates the standard streams and makes an inherited stdin non-blocking for other programs.
 */
export const nodeProcess = findProcess();

/** `globalThis.process`, unless the program has replaced it before. */
function findProcess(): NodeJS.Process {
  const there = globalThis.process as NodeJS.Process | undefined;
  const version = there && Object.getOwnPropertyDescriptor(there, 'version');
  // In a copy of `process`, `version` is writable; an object that inherits from `process` has no own `version`.
  if (there !== undefined && version?.writable === false && !types.isProxy(there)) return there;
  return createRequire(import.meta.url)('node:process') as NodeJS.Process;
}

/**
 * The object that `require` returns for a module of Node's. Not by `import`: with a loader hook (import-in-the-middle)
 * the first import copies the module's functions. If this package caused that copy before it replaces the functions,
 * every later import in the program would still get Node's own.
 */
export function builtin<Id extends keyof Modules>(id: Id): Modules[Id] {
  const module: unknown = nodeProcess.getBuiltinModule?.(id) ?? createRequire(import.meta.url)(id);
  return module as Modules[Id];
}
