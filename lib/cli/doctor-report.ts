import type { Features } from '../posix/features.js';
import type { Hooks } from './hooks.js';
import type { Limits } from './limits.js';
import type { Trial } from './trial-report.js';

/** What the doctor has found. */
export interface Examined {
  /** Of this package. */
  readonly version: string;
  readonly runtime: string;
  readonly libc: string | null;
  readonly features: Features;
  readonly hooks: Hooks;
  /** The rung on which children are made here; null if none can be. */
  readonly startsOn: number | null;
  /** The one that FORKLESS_RUNG names; null if it names none. */
  readonly forcedRung: number | null;
  /** One trial for each rung, best first; none where the engine cannot be used. */
  readonly rungs: readonly Trial[];
  readonly flat: Trial | null;
  /** For each option of a start true, or why it cannot be used here; null where the engine cannot be. */
  readonly attributes: Features['attributes'] | null;
  readonly limits: Limits;
}

/** What it means: `'error'`, no process can be started; `'warning'`, not all of it works, or not as fast as it could. */
export interface Verdict {
  readonly status: 'ok' | 'warning' | 'error';
  /** One sentence each, the worst first; none if all is well. */
  readonly problems: readonly string[];
}

/** What `forkless doctor --json` prints. */
export interface Report extends Examined {
  readonly verdict: Verdict;
}

/** How the child is made on each rung. */
export const rungTexts = [
  'clone3, memory shared',
  'clone, memory shared',
  'clone with VFORK, memory shared; every start waits for exec',
  'clone without shared memory; costs what fork costs',
] as const;
