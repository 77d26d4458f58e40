import { builtin, nodeProcess } from './builtin.js';
import { withFields } from './own.js';

const { hasOwn } = Object;

/**
 * Is Node's permission model on? A program can replace `process.permission.has` and change `process.execArgv` and
 * NODE_OPTIONS, so they prove nothing. It cannot remove `process.permission`, which is not configurable. What is
 * forbidden is asked of Node's native code.
 */
export const permissionModel = hasOwn(nodeProcess, 'permission');

/** Options that libuv rejects before it makes anything. Node's native code checks the permission before that. */
const REFUSED = { __proto__: null, stdio: [{ fd: -1 }] } as object;
/** Two functions, taken at load: a program may have replaced one of them. */
const attempts: readonly Attempt[] = permissionModel ? nodeAttempts() : [];
/** Calls one with those options and returns its error. */
type Attempt = (file: string) => unknown;
type Call = (file: string, args: readonly string[], options: object) => unknown;

/**
 * Checks the permission to start `file` by calling Node's own functions with options that libuv rejects. So the answer
 * is the current one, also after `process.permission.drop('child')`, and `--permission-audit`, which forbids nothing,
 * reports it. If a function does not answer as Node's does, it has been replaced, and the permission is denied.
 * @throws the error that Node's own `spawn` throws if it may not start `file`
 */
export function checkPermission(file: string): void {
  if (!permissionModel) return;
  // Node rejects an empty name before it checks the permission.
  const name = file === '' ? '.' : file;
  for (const attempt of attempts)
    if (!isFromSystem(attempt(name), name))
      throw withFields(new Error(DENIED), {
        code: 'ERR_ACCESS_DENIED',
        permission: 'ChildProcess',
        resource: file,
      });
}

/** Node's message since version 22. */
const DENIED = 'Access to this API has been restricted. Use --allow-child-process to manage permissions.';

/** Called only if needed: loading node:child_process takes time. */
function nodeAttempts(): readonly Attempt[] {
  const { spawnSync, execFileSync } = builtin('node:child_process');
  return [(file) => returnedBy(spawnSync as Call, file), (file) => thrownBy(execFileSync as Call, file)];
}

/**
 * `spawnSync` throws if Node's native code denies the permission, and returns the error of libuv. The fields of a
 * thrown error are not read: a setter on `Object.prototype` may have written them.
 */
function returnedBy(spawnSync: Call, file: string): unknown {
  try {
    return (spawnSync(file, [], REFUSED) as { error?: unknown } | undefined)?.error;
  } catch {
    return undefined;
  }
}

function thrownBy(execFileSync: Call, file: string): unknown {
  try {
    execFileSync(file, [], REFUSED);
    return undefined;
  } catch (error) {
    return error;
  }
}

/**
 * Node's native code allowed it, and libuv returned the error. Own fields only: a program may have changed prototypes.
 */
function isFromSystem(error: unknown, file: string): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    hasOwn(error, 'syscall') &&
    (error as NodeJS.ErrnoException).syscall === `spawnSync ${file}`
  );
}
