import { createRequire } from 'node:module';

interface Modules {
  'node:child_process': typeof import('node:child_process');
  'node:module': typeof import('node:module');
  'node:timers': typeof import('node:timers');
  'node:worker_threads': typeof import('node:worker_threads');
}

/**
 * The object that `require` gives of a module of Node's. Not by `import`: with a loader hook (import-in-the-middle) an
 * import makes a copy of the module's functions, once. If this package caused that copy before it replaces the
 * functions, every later import in the program would still get Node's own.
 */
export function builtin<Id extends keyof Modules>(id: Id): Modules[Id] {
  const module: unknown = process.getBuiltinModule?.(id) ?? createRequire(import.meta.url)(id);
  return module as Modules[Id];
}
