import { nodeProcess } from '../builtin.js';
import type { DropIn } from '../drop-in.js';
import { currentDropIn } from '../drop-in.js';
import { engineState, loadingError } from '../engine/availability.js';
import { execHook } from '../engine/exec-hook.js';
import { kernelRelease, unavailable } from '../platform.js';
import type { TriedAttributes } from './trials.js';
import { triedAttributes } from './trials.js';

/** What this machine supports, and what has been used so far. */
export interface Features {
  /** As `process.platform`. */
  platform: NodeJS.Platform;
  /** As `process.arch`. */
  arch: NodeJS.Architecture;
  /** The kernel's release, from uname(2): `'6.18.44'`. */
  kernel: string;
  /** `'clone'`; null: this package cannot start processes here, and `reason` says why. */
  backend: 'clone' | null;
  /** Why no process can be started here; null if they can. */
  reason: string | null;
  /** The path of the native file in use; null if there is none. */
  binary: string | null;
  /** The rung (way to make a child) in use; 1 is the fastest: docs/ladder.md. null before the first child. */
  rung: 1 | 2 | 3 | 4 | null;
  /** How many children this process has made on each rung, including those whose exec failed. */
  rungs: { 1: number; 2: number; 3: number; 4: number };
  /** How many children on rung 1 were made without a copy of the descriptor table: docs/performance.md. */
  flat: number;
  /**
   * How children get memory of their own for `uid`, `gid` and `groups`: `'addon'`, by executing the package's native
   * file; `'memfd'`, by executing a copy of it in memory. null: no start has needed that yet, or neither works here, and
   * then these starts take rung 4: docs/ladder.md.
   */
  runner: 'addon' | 'memfd' | null;
  /**
   * The library, usually from LD_PRELOAD, that has replaced the C library's `execve` or its family in this process;
   * null if none has. It does not see what `posixSpawn` starts: docs/platforms.md.
   */
  execHook: string | null;
  /**
   * What `forkless/child_process` uses in this thread. `backend`: `'forkless'`, this package's engine; `'node'`, the
   * runtime's own functions, and `reason` says why; null if it has not been loaded. With `'forkless'`, `reason` says
   * which functions do not reach the engine at this moment, and why; null if all do.
   */
  childProcess: DropIn;
  /**
   * For each option of a start: true, or why it cannot be used here, as text. Found by trying, once, when it is first
   * read: children carry out the options, but execute no program. They count in `rungs`. It is not among the enumerable
   * properties, so that nobody tries by printing the rest. docs/attributes.md
   */
  readonly attributes: TriedAttributes;
}

const runners = [null, 'addon', 'memfd'] as const;

/**
 * What this machine supports, and what has been used so far. Starts nothing, unless `attributes` is read, and never
 * throws. Loads the native file if it can be loaded and has not been.
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
  const reason = unavailable() ?? loadingError();
  const machine = {
    platform: nodeProcess.platform,
    arch: nodeProcess.arch,
    kernel: kernelRelease(),
    reason,
    childProcess: currentDropIn(),
  };
  if (reason !== null)
    return withAttributes({
      ...machine,
      backend: null,
      binary: null,
      rung: null,
      rungs: { 1: 0, 2: 0, 3: 0, 4: 0 },
      flat: 0,
      runner: null,
      execHook: null,
    });
  const { binary, rung, rungCounts, flatCount, runner } = engineState();
  const [first = 0, second = 0, third = 0, fourth = 0] = rungCounts;
  return withAttributes({
    ...machine,
    backend: 'clone',
    binary,
    rung: rung === 0 ? null : (rung as 1 | 2 | 3 | 4),
    rungs: { 1: first, 2: second, 3: third, 4: fourth },
    flat: flatCount,
    runner: runners[runner] ?? null,
    execHook: execHook(),
  });
}

function withAttributes(found: Omit<Features, 'attributes'>): Features {
  const descriptor = { __proto__: null, get: () => triedAttributes(found.reason), configurable: true };
  return Object.defineProperty(found, 'attributes', descriptor as PropertyDescriptor) as Features;
}
