import { lastListenError } from '../engine/children.js';
import { errnoName } from '../errors.js';
import { exec, execFile } from './async/exec.js';
import { fork } from './async/fork.js';
import { spawn } from './async/spawn.js';
import type { Opened } from './functions.js';
import { startsReplaced } from './node-internals/node-own.js';
import { obstacle } from './obstacle.js';
import { execFileSync, execSync, spawnSync } from './sync/spawn-sync.js';

/** Throws only for what may have passed at the next attempt. */
export function openDropIn(): Opened {
  const functions = { exec, execFile, execFileSync, execSync, fork, spawn, spawnSync };
  return obstacle() ?? { functions, reasonNow };
}

function reasonNow(): string | null {
  return [startsReplaced(), listenFailed()].filter((text) => text !== null).join('; ') || null;
}

/** For `features()`. Known once an asynchronous function has been called. */
function listenFailed(): string | null {
  return lastListenError === 0
    ? null
    : `no thread can be made that waits for children (${errnoName(lastListenError)}): spawn, exec, execFile, fork are Node's own`;
}
