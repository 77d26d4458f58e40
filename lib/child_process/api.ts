import { loadingTrouble, unavailable } from '../binding.js';
import { addException, dropIn } from '../drop-in.js';
import { lastListenError } from '../engine/children.js';
import { errnoName } from '../errors.js';
import { execHook, OVERRIDE } from '../exec-hook.js';
import { permissionModel } from '../permission.js';
import { exec, execFile, useExports } from './async/exec.js';
import { fork } from './async/fork.js';
import { spawn } from './async/spawn.js';
import { probe } from './node-internals/inner-handle.js';
import { stock } from './node-internals/node-child-process.js';
import { startsReplaced } from './node-internals/node-own.js';
import { execFileSync, execSync, spawnSync } from './sync/spawn-sync.js';
import type { DropInModule } from './types.js';

/**
 * All names of `node:child_process` as one object that can be patched: what `require` gives.
 * @hidden
 */
export const api = choose();
useExports(api);

function choose(): DropInModule {
  dropIn.reason = obstacle();
  dropIn.backend = dropIn.reason === null ? 'forkless' : 'node';
  if (dropIn.reason === null) {
    addException(startsReplaced);
    addException(endsUnheard);
  }
  return dropIn.reason === null
    ? {
        ...stock,
        exec,
        execFile,
        execFileSync,
        execSync,
        fork,
        spawn,
        spawnSync,
      }
    : ({ ...stock } as DropInModule);
}

/** Why the runtime's own functions are handed out, or null. Said aloud only where it should have worked. */
function obstacle(): string | null {
  if ('bun' in process.versions) return 'Bun has its own child_process';
  if ('deno' in process.versions) return 'Deno has its own child_process';
  if (permissionModel) return 'the permission model is Node’s own to keep';
  const reason = unavailable();
  if (reason !== null) return reason;
  const trouble = loadingTrouble() ?? probe();
  if (trouble !== null)
    process.emitWarning(
      `forkless/child_process hands out Node's own functions: ${trouble}`,
      'ForklessWarning',
    );
  return trouble ?? hookObstacle();
}

/** Known once an asynchronous start has been tried. */
function endsUnheard(): string | null {
  return lastListenError === 0
    ? null
    : `no thread can be made that waits for children (${errnoName(lastListenError)}): spawn, exec, execFile, fork are Node's own`;
}

/** Said in `features()` and by `forkless doctor` only: whoever preloads such a library does it for every program. */
function hookObstacle(): string | null {
  const library = process.env[OVERRIDE] === '1' ? null : execHook();
  return library === null
    ? null
    : `${library} has replaced execve or one of its family, and the engine would bypass it (${OVERRIDE}=1: it may)`;
}
