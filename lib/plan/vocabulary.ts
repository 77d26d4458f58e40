import type { Bytes } from '../bytes.js';
import type { StepFields } from './steps.js';

export type { Bytes } from '../bytes.js';
export type { StageName, StepName } from './steps.js';
export { stageTable, stepTable } from './steps.js';

/**
 * Whom a step serves, for the error that names it. Absent for steps that the library adds by itself.
 * `action` is the index of the caller's own file action, `slot` the child's number in `fds`.
 */
interface Origin {
  readonly action?: number;
  readonly slot?: number;
}

/** One operation of the child, as csrc/core/steps.def lists them. */
export type Step = Origin & StepFields;

/** What the child gets as its environment. `'environ'`: this process's own, copied when the start is made. */
export type PlanEnvironment = 'environ' | readonly Bytes[];

/** Everything a start needs, in the order in which it is done. Both doors compile to this. */
export interface Plan {
  /** Ends with one or more `execve` steps: the candidates, tried in order. */
  readonly steps: readonly Step[];
  readonly argv: readonly Bytes[];
  readonly env: PlanEnvironment;
  /** Bit n-1 is signal n. */
  readonly sigdefault: bigint;
  readonly sigignore: bigint;
  /** null: the calling thread's mask from before the call. */
  readonly sigmask: bigint | null;
  /** The child must not run on its parent's memory (ids change): rung 4. */
  readonly privateMemory: boolean;
  /** A file whose format the kernel does not recognise (ENOEXEC) is run by /bin/sh, as execvp(3) does. */
  readonly shellScripts: boolean;
  /** The first steps close every descriptor that no step names. */
  readonly onlyNamed: boolean;
}
