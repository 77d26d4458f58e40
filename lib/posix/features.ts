import { binaryPath, binding, kernelRelease, loadingTrouble, unavailable } from '../binding.js';
import type { DropIn } from '../drop-in.js';
import { currentDropIn } from '../drop-in.js';
import { execHook } from '../exec-hook.js';

/** What this machine offers, and what has been used. */
export interface Features {
  /** As `process.platform`. */
  platform: NodeJS.Platform;
  /** As `process.arch`. */
  arch: NodeJS.Architecture;
  /** The kernel's release, as uname(2) says: `'6.18.44'`. */
  kernel: string;
  /** `'clone'`; null: this package cannot start processes here, and `reason` says why. */
  backend: 'clone' | null;
  /** Why no process can be started here; null where it can. */
  reason: string | null;
  /** Path of the native file in use; null where there is none. */
  binary: string | null;
  /** The way of making a child that is in use, 1 is the best: docs/ladder.md. null before the first start. */
  rung: 1 | 2 | 3 | 4 | null;
  /** How many children were made on each rung, in this process, failed starts included. */
  rungs: { 1: number; 2: number; 3: number; 4: number };
  /** How many of those on rung 1 were made at a cost that does not depend on open descriptors: docs/performance.md. */
  flat: number;
  /**
   * The library, mostly of LD_PRELOAD, that has replaced the C library's `execve` or its family in this process; null
   * where none has. What `posixSpawn` starts bypasses it: docs/platforms.md.
   */
  execHook: string | null;
  /**
   * What stands behind `forkless/child_process` in this thread. `backend`: `'forkless'`, this package's engine;
   * `'node'`, the runtime's own functions, and `reason` says why; null where it has not been loaded. With
   * `'forkless'`, `reason` says which functions do not reach the engine at this moment, and why; null where all do.
   */
  childProcess: DropIn;
}

/**
 * What this machine offers, and what has been used. Starts nothing and never throws; loads the native file where that
 * can be and has not been done.
 *
 * @example
 * ```js
 * import { features, posixSpawnSync } from 'forkless';
 *
 * await posixSpawnSync('/bin/true', ['true']).exited;
 * const { backend, rung, rungs } = features();
 * console.log(backend, rungs[rung]);
 * ```
 * ```text
 * clone 1
 * ```
 */
export function features(): Features {
  const reason = unavailable() ?? loadingTrouble();
  const machine = {
    platform: process.platform,
    arch: process.arch,
    kernel: kernelRelease(),
    reason,
    childProcess: currentDropIn(),
  };
  if (reason !== null)
    return {
      ...machine,
      backend: null,
      binary: null,
      rung: null,
      rungs: { 1: 0, 2: 0, 3: 0, 4: 0 },
      flat: 0,
      execHook: null,
    };
  const native = binding();
  const rung = native.rung();
  const [first = 0, second = 0, third = 0, fourth = 0] = native.rungCounts();
  return {
    ...machine,
    backend: 'clone',
    binary: binaryPath(),
    rung: rung === 0 ? null : (rung as 1 | 2 | 3 | 4),
    rungs: { 1: first, 2: second, 3: third, 4: fourth },
    flat: native.flatCount(),
    execHook: execHook(),
  };
}
