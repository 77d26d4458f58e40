import childProcess from 'node:child_process';
import module from 'node:module';
import { useExports } from '../child_process/exec.js';

/** On the built-in module, known to every copy of this package: two of them must not replace each other's functions. */
const registered = Symbol.for('forkless/register');

/**
 * Puts our functions into the module object of `node:child_process`, which `require`, `process.getBuiltinModule` and
 * Node's own cluster share, and behind the names that ES modules have imported.
 * @returns false where that was done before: what others have patched since is theirs.
 */
export function replaceBuiltin(api: typeof childProcess): boolean {
  if (Object.hasOwn(childProcess, registered)) return false;
  Object.defineProperty(childProcess, registered, { value: true });
  Object.assign(childProcess, api);
  useExports(childProcess);
  module.syncBuiltinESMExports();
  return true;
}
