import { builtin, nodeProcess } from './builtin.js';
import { withFields } from './own.js';

const { hasOwn } = Object;

/**
 * The permission model. A program can write what it likes to `process.permission.has`, `process.execArgv` and
 * `NODE_OPTIONS`, so none of them is asked. It cannot take `process.permission` away, which Node defines for good; and
 * what is forbidden Node's native code knows.
 */
export const permissionModel = hasOwn(nodeProcess, 'permission');

/** libuv refuses this before it makes anything; Node's native code is asked for its permission before libuv is. */
const REFUSED = { __proto__: null, stdio: [{ fd: -1 }] } as object;
/** Two, as they are at load: a program may have replaced one of them. */
const ways: readonly Way[] = permissionModel ? waysOfNode() : [];
/** Gives the error that a start which cannot be ends with. */
type Way = (file: string) => unknown;
type Call = (file: string, args: readonly string[], options: object) => unknown;

/**
 * Asks Node's own functions for a start that cannot be. So it is the answer of the moment, after
 * `process.permission.drop('child')` too, and with `--permission-audit`, which forbids nothing, the start is told of.
 * Who does not answer as Node does is not Node.
 * @throws the error that Node's own `spawn` throws where it may not start `file`
 */
export function checkPermission(file: string): void {
  if (!permissionModel) return;
  // an empty name is refused as an argument, and nobody would ask for the permission
  const name = file === '' ? '.' : file;
  for (const ask of ways)
    if (!isFromSystem(ask(name), name))
      throw withFields(new Error(DENIED), {
        code: 'ERR_ACCESS_DENIED',
        permission: 'ChildProcess',
        resource: file,
      });
}

/** As Node has it since version 22. */
const DENIED = 'Access to this API has been restricted. Use --allow-child-process to manage permissions.';

/** Only where they are needed: loading them takes time. */
function waysOfNode(): readonly Way[] {
  const { spawnSync, execFileSync } = builtin('node:child_process');
  return [(file) => returnedBy(spawnSync as Call, file), (file) => thrownBy(execFileSync as Call, file)];
}

/**
 * Where Node's native code refuses, `spawnSync` throws; what libuv refuses it returns. So what is thrown is never
 * asked for its fields: a setter on `Object.prototype` may have written into it.
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

/** Node's native code allowed it, and libuv refused it. Own fields: a program may have put one on a prototype. */
function isFromSystem(error: unknown, file: string): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    hasOwn(error, 'syscall') &&
    (error as NodeJS.ErrnoException).syscall === `spawnSync ${file}`
  );
}
