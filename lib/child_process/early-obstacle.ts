import { permissionModel } from '../permission.js';
import { unavailable } from '../platform.js';

/** Why the runtime's own functions are used here, or null. What is known without the engine. */
export function earlyObstacle(): string | null {
  if ('bun' in process.versions) return 'Bun has its own child_process';
  if ('deno' in process.versions) return 'Deno has its own child_process';
  if (permissionModel) return 'only Node itself can enforce its permission model';
  return unavailable();
}
