import { release } from 'node:os';
import { binaryPath, binding, loadingTrouble, unavailable } from '../binding.js';
import type { DropIn } from '../drop-in.js';
import { dropIn } from '../drop-in.js';

/** What this machine offers, and what has been used. */
export interface Features {
  platform: NodeJS.Platform;
  arch: NodeJS.Architecture;
  /** As uname(2) says. */
  kernel: string;
  /** null: this package cannot start processes here; `reason` says why. */
  backend: 'clone' | null;
  reason: string | null;
  /** The native file in use. */
  binary: string | null;
  /** The way of making a child that is in use (docs/ladder.md): 1 is the best; null before the first start. */
  rung: 1 | 2 | 3 | 4 | null;
  /** Starts that ran on each rung, in this process. */
  rungs: { 1: number; 2: number; 3: number; 4: number };
  /** How many of those on rung 1 were flat in open descriptors (docs/performance.md). */
  flat: number;
  /** What stands behind `forkless/child_process`. */
  childProcess: DropIn;
}

export function features(): Features {
  const reason = unavailable() ?? loadingTrouble();
  const machine = {
    platform: process.platform,
    arch: process.arch,
    kernel: release(),
    reason,
    childProcess: { ...dropIn },
  };
  if (reason !== null)
    return {
      ...machine,
      backend: null,
      binary: null,
      rung: null,
      rungs: { 1: 0, 2: 0, 3: 0, 4: 0 },
      flat: 0,
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
  };
}
