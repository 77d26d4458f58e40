import { loadingError } from '../engine/availability.js';
import { execHook, OVERRIDE } from '../engine/exec-hook.js';
import { permissionModel } from '../permission.js';
import { unavailable } from '../platform.js';
import { probe } from './node-internals/inner-handle.js';

/**
 * Why the runtime's own functions are used here, or null.
 * @param warn called with the reason if the engine should work here. On another platform, in another runtime and under
 *   the permission model the fallback is expected
 */
export function obstacle(warn: (reason: string) => void): string | null {
  if ('bun' in process.versions) return 'Bun has its own child_process';
  if ('deno' in process.versions) return 'Deno has its own child_process';
  if (permissionModel) return 'only Node itself can enforce its permission model';
  const reason = unavailable();
  if (reason !== null) return reason;
  const error = loadingError() ?? probe();
  if (error !== null) warn(error);
  return error ?? hookObstacle();
}

/** Without a warning: such a library is preloaded into every program. `features()` and `forkless doctor` show it. */
function hookObstacle(): string | null {
  const library = process.env[OVERRIDE] === '1' ? null : execHook();
  return library === null
    ? null
    : `${library} has replaced execve or one of its family, and the engine would bypass it (to allow that, set ${OVERRIDE}=1)`;
}
