import { builtin, nodeProcess } from './builtin.js';
import { withFields } from './own.js';

const { hasOwn } = Object;

/**
 * Is Node's permission model on? A program can replace `process.permission.has` and change `process.execArgv` and
 * NODE_OPTIONS, so these are not used. It cannot remove `process.permission`, which is not configurable.
 */
export const permissionModel = hasOwn(nodeProcess, 'permission');

/** Node's native code first checks the permission; then libuv rejects the invalid descriptor. Nothing is started. */
const INVALID_STDIO = { __proto__: null, stdio: [{ fd: -1 }] } as object;
/** Two functions, taken when this file is loaded: a program may have replaced one of them before. */
const attempts: readonly Attempt[] = permissionModel ? nodeAttempts() : [];
/** Calls one of Node's functions with `INVALID_STDIO`. Returns its error, or undefined. */
type Attempt = (file: string) => unknown;
type Call = (file: string, args: readonly string[], options: object) => unknown;

/**
 * Checks the permission to start `file`. Calls Node's functions with an invalid `stdio` descriptor: if the permission is
 * denied, Node's native code throws; otherwise libuv returns an error, whose `syscall` shows that libuv was reached. If
 * any function gives no such error, either the permission is denied or other code has replaced the function, and the
 * start is denied.
 *
 * This reads the current state, also after `process.permission.drop('child')`, and makes `--permission-audit`, which
 * forbids nothing, report the start.
 * @throws the error that Node's own `spawn` throws if it may not start `file`
 */
export function checkPermission(file: string): void {
  if (!permissionModel) return;
  // Node rejects an empty name before it checks the permission.
  const name = file === '' ? '.' : file;
  for (const attempt of attempts)
    if (!isFromLibuv(attempt(name), name))
      throw withFields(new Error(DENIED), {
        code: 'ERR_ACCESS_DENIED',
        permission: 'ChildProcess',
        resource: file,
      });
}

/** Node's message since version 22. */
const DENIED = 'Access to this API has been restricted. Use --allow-child-process to manage permissions.';

/** Called only with the permission model: loading node:child_process takes time. */
function nodeAttempts(): readonly Attempt[] {
  const { spawnSync, execFileSync } = builtin('node:child_process');
  return [(file) => returnedBy(spawnSync as Call, file), (file) => thrownBy(execFileSync as Call, file)];
}

/**
 * `spawnSync` throws if Node's native code denies the permission, and returns libuv's error in its result. Nothing is
 * read from a thrown error: a setter on `Object.prototype` may have given it a `syscall`.
 */
function returnedBy(spawnSync: Call, file: string): unknown {
  try {
    return (spawnSync(file, [], INVALID_STDIO) as { error?: unknown } | undefined)?.error;
  } catch {
    return undefined;
  }
}

function thrownBy(execFileSync: Call, file: string): unknown {
  try {
    execFileSync(file, [], INVALID_STDIO);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Does the error come from libuv? Reads own fields only: a program may have put fields on prototypes. */
function isFromLibuv(error: unknown, file: string): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    hasOwn(error, 'syscall') &&
    (error as NodeJS.ErrnoException).syscall === `spawnSync ${file}`
  );
}
