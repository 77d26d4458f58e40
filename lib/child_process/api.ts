import { dropIn } from '../drop-in.js';
import '../worker-seen.js';
import { earlyObstacle } from './early-obstacle.js';
import { loadLater } from './load-engine.js';
import { nodeChildProcess } from './node-internals/node-child-process.js';
import {
  createExec,
  exec,
  execFile,
  execFileSync,
  execSync,
  fork,
  spawn,
  spawnSync,
  useExports,
} from './stubs.js';
import type { DropInModule } from './types.js';

/** The functions that replace Node's. `DropInModule` has the public types. */
const functions = { exec, execFile, execFileSync, execSync, fork, spawn, spawnSync } satisfies {
  [Name in keyof DropInModule]?: unknown;
};

/**
 * All names of `node:child_process` as one object that can be patched: what `require` returns.
 * @hidden
 */
export const api = assemble();
useExports(api);

/**
 * The same as one more object, whose patches stay its own: for a test runner that gives each test file modules of its own.
 */
export function copyApi(): DropInModule {
  const own = { ...functions, exec: createExec(() => copy) };
  const copy = { ...nodeChildProcess, ...(earlyObstacle === null && own) } as DropInModule;
  return copy;
}

function assemble(): DropInModule {
  dropIn.reason = earlyObstacle;
  if (dropIn.reason !== null) {
    dropIn.backend = 'node';
    return { ...nodeChildProcess } as DropInModule;
  }
  loadLater();
  return { ...nodeChildProcess, ...functions } as DropInModule;
}
