import { lastingLoadingError } from '../engine/availability.js';
import { execHook, OVERRIDE } from '../engine/exec-hook.js';
import { probe } from './node-internals/inner-handle.js';

export interface Obstacle {
  readonly reason: string;
  /** The engine should work here. On another platform, or with a hook of exec, that it does not is expected. */
  readonly warns: boolean;
}

/** Why the engine, which has been asked for, cannot stand behind the runtime's functions; null if it can. */
export function obstacle(): Obstacle | null {
  const reason = lastingLoadingError() ?? probe();
  return reason === null ? hookObstacle() : { reason, warns: true };
}

/** Without a warning: such a library is preloaded into every program. `features()` and `forkless doctor` show it. */
function hookObstacle(): Obstacle | null {
  const library = process.env[OVERRIDE] === '1' ? null : execHook();
  if (library === null) return null;
  const reason = `${library} has replaced execve or one of its family, and the engine would bypass it (to allow that, set ${OVERRIDE}=1)`;
  return { reason, warns: false };
}
