import { nodeProcess } from '../builtin.js';
import { permissionModel } from '../permission.js';
import { unavailable } from '../platform.js';

/** Why the runtime's own functions are used here, or null. What is known at the import, without the engine. */
export const earlyObstacle: string | null = findObstacle();

function findObstacle(): string | null {
  if (Object.hasOwn(nodeProcess.versions, 'bun')) return 'Bun has its own child_process';
  if (Object.hasOwn(nodeProcess.versions, 'deno')) return 'Deno has its own child_process';
  if (permissionModel) return 'only Node itself can enforce its permission model';
  return unavailable();
}
