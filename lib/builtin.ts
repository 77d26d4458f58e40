interface Modules {
  'node:async_hooks': typeof import('node:async_hooks');
  'node:child_process': typeof import('node:child_process');
  'node:diagnostics_channel': typeof import('node:diagnostics_channel');
  'node:events': typeof import('node:events');
  'node:fs': typeof import('node:fs');
  'node:module': typeof import('node:module');
  'node:os': typeof import('node:os');
  'node:path': typeof import('node:path');
  'node:timers': typeof import('node:timers');
  'node:url': typeof import('node:url');
  'node:util': typeof import('node:util');
  'node:worker_threads': typeof import('node:worker_threads');
}

/**
 * Node's own `process` object, taken at load. Not as a module if possible: Node would then read every property of it,
 * which creates the standard streams and makes an inherited stdin non-blocking for other programs.
 */
export const nodeProcess = findProcess();

/** `globalThis.process`, unless the program has replaced it before. */
function findProcess(): NodeJS.Process {
  const there = globalThis.process as NodeJS.Process | undefined;
  const version = there && Object.getOwnPropertyDescriptor(there, 'version');
  const { types } = take(there, 'node:util') as Modules['node:util'];
  // In a copy of `process`, `version` is writable; an object that inherits from `process` has no own `version`.
  if (there !== undefined && version?.writable === false && !types.isProxy(there)) return there;
  return take(there, 'node:process') as NodeJS.Process;
}

/**
 * The object that `require` returns for a module of Node's. Take its functions at load where a later patch of other code
 * must not reach this package.
 *
 * Not by `import` or `require`: a bundle of ES modules has no `require`, a test runner gives its own modules, and with a
 * loader hook (import-in-the-middle) the first import copies the module's functions. If this package caused that copy
 * before it replaces the functions, every later import in the program would still get Node's own.
 */
export function builtin<Id extends keyof Modules>(id: Id): Modules[Id] {
  return take(nodeProcess, id) as Modules[Id];
}

/** Has anybody loaded this module of Node's? A list without it is not Node's: then the answer is yes. */
export function wasLoaded(name: 'child_process' | 'worker_threads'): boolean {
  const { moduleLoadList } = nodeProcess as { moduleLoadList?: readonly string[] };
  return !Array.isArray(moduleLoadList) || moduleLoadList.includes(`NativeModule ${name}`);
}

function take(from: NodeJS.Process | undefined, id: string): unknown {
  return from?.getBuiltinModule?.(id) ?? takeByRequire(id);
}

/** For Bun and Deno before they had `getBuiltinModule`, and for a program that has taken `process` away. */
function takeByRequire(id: string): unknown {
  const { createRequire } = require('node:module') as Modules['node:module'];
  return createRequire(__filename)(id);
}
