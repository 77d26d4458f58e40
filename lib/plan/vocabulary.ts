import type { Bytes } from '../bytes.js';
import type { StepFields } from './steps.js';

export type { Bytes } from '../bytes.js';
export type { StageName, StepName } from './steps.js';
export { stageTable, stepTable } from './steps.js';

/**
 * What a step was made for; errors and printed plans show it. `action` is the index of the caller's file action, `slot`
 * the index in `fds` or `stdio`. Both are absent in steps that the library adds by itself.
 */
interface Origin {
  readonly action?: number;
  readonly slot?: number;
}

/** One operation of the child, as csrc/core/steps.def lists them. */
export type Step = Origin & StepFields;

/** The child's environment as `KEY=value`. `'environ'`: this process's own, copied when the child is started. */
export type PlanEnvironment = 'environ' | readonly Bytes[];

/** The numbers in `steps` that stand for those of new sockets, and these: both from the lowest to the highest. */
export interface StandIns {
  readonly standIns: readonly number[];
  readonly numbers: readonly number[];
}

/** Everything that is needed to start one process. Both doors compile to this. */
export interface Plan {
  /** Ends with one or more `execve` steps: the candidates, tried in order. */
  readonly steps: readonly Step[];
  readonly argv: readonly Bytes[];
  readonly env: PlanEnvironment;
  /** Signals to set to their default action: bit n-1 is signal n. */
  readonly sigdefault: bigint;
  /** Signals to ignore. */
  readonly sigignore: bigint;
  /** null: the calling thread's mask from before the call. */
  readonly sigmask: bigint | null;
  /** The child must never share its parent's memory: rung 4. */
  readonly privateMemory: boolean;
  /** A file whose format the kernel does not recognise (ENOEXEC) is run by /bin/sh, as execvp(3) does. */
  readonly shellScripts: boolean;
  /** The first steps close every descriptor that no step names. */
  readonly onlyNamed: boolean;
  /** See stand-ins.ts. */
  readonly standIns?: StandIns | null;
  /** The child's parent is the main thread, whichever thread starts it: `pdeathsig` needs it. */
  readonly mainParent: boolean;
}
