import { addReason, dropIn } from '../drop-in.js';
import { lastListenError } from '../engine/children.js';
import { errnoName } from '../errors.js';
import { exec, execFile, useExports } from './async/exec.js';
import { fork } from './async/fork.js';
import { spawn } from './async/spawn.js';
import { nodeChildProcess } from './node-internals/node-child-process.js';
import { startsReplaced } from './node-internals/node-own.js';
import { obstacle } from './obstacle.js';
import { execFileSync, execSync, spawnSync } from './sync/spawn-sync.js';
import type { DropInModule } from './types.js';

/** The functions that replace Node's. They check their arguments themselves; `DropInModule` has the public types. */
const functions = { exec, execFile, execFileSync, execSync, fork, spawn, spawnSync } satisfies {
  [Name in keyof DropInModule]?: unknown;
};

/**
 * All names of `node:child_process` as one object that can be patched: what `require` returns.
 * @hidden
 */
export const api = assemble();
useExports(api);

function assemble(): DropInModule {
  dropIn.reason = obstacle(warn);
  dropIn.backend = dropIn.reason === null ? 'forkless' : 'node';
  if (dropIn.backend === 'node') return { ...nodeChildProcess } as DropInModule;
  addReason(startsReplaced);
  addReason(listenFailed);
  return { ...nodeChildProcess, ...functions } as DropInModule;
}

function warn(reason: string): void {
  process.emitWarning(`forkless/child_process hands out Node's own functions: ${reason}`, 'ForklessWarning');
}

/** For `features()`. Known once an asynchronous function has been called. */
function listenFailed(): string | null {
  return lastListenError === 0
    ? null
    : `no thread can be made that waits for children (${errnoName(lastListenError)}): spawn, exec, execFile, fork are Node's own`;
}
