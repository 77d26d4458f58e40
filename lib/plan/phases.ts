import type { Bytes } from '../bytes.js';
import { targetOf } from './step-fields.js';
import type { Survivors } from './survivors.js';
import type { Step } from './vocabulary.js';

/**
 * The order of a child's steps, for each door. Within a phase, attributes are in the order of attributes/index.ts. The
 * phases `signals` and `mask` have no steps: the head of the plan has their sets of signals.
 */

/** When an attribute is carried out. `call`: by the parent, without a step of the child. */
export type AttributePhase =
  | 'call'
  | 'signals'
  | 'program'
  | 'table'
  | 'session'
  | 'scheduling'
  | 'umask'
  | 'cwd'
  | 'descriptors'
  | 'actions'
  | 'terminal'
  | 'placement'
  | 'root'
  | 'limits'
  | 'identity'
  | 'parent'
  | 'promise'
  | 'mask';

/** All steps of a plan, before they are in their order. */
export interface Draft {
  /** The steps of the attributes of a phase. */
  readonly attributes: (phase: AttributePhase) => readonly Step[];
  /** A step of a phase after `own-memory` must not run in shared memory. */
  readonly ownMemory: boolean;
  /** The steps that make the child's `stdio`. */
  readonly stdio: readonly Step[];
  /** The caller's own file actions. */
  readonly actions: readonly Step[];
  readonly candidates: readonly Bytes[];
  readonly onlyNamed: boolean;
  /** All steps that open, copy or close descriptors, in their order. */
  readonly moves: readonly Step[];
  readonly survivors: Survivors;
}

export interface Phase {
  readonly name: string;
  /** Why it is at this place. */
  readonly why: string;
  readonly steps: (draft: Draft) => readonly Step[];
}

function phaseOfAttributes(name: AttributePhase, why: string): Phase {
  return { name, why, steps: (draft) => draft.attributes(name) };
}

const signals = phaseOfAttributes('signals', 'no handler of the parent may run in the child');

const program = phaseOfAttributes(
  'program',
  'before any number is closed or replaced: what is executed may be open on any of them',
);

const table: Phase = {
  name: 'table',
  why: 'unnamed descriptors are closed first: a child that hangs in a later step must not keep files of other code open',
  steps: ({ survivors }) => survivors.sweep,
};

const session = phaseOfAttributes('session', 'before anything that needs the process group');
const scheduling = phaseOfAttributes(
  'scheduling',
  'before `identity`: the child still has the rights of its parent',
);
const umask = phaseOfAttributes(
  'umask',
  'before the file actions, because it applies to the files that they create',
);
const cwd = phaseOfAttributes('cwd', 'before the file actions, because their relative paths start there');

const stdio: Phase = {
  name: 'stdio',
  why: 'before `cwd`, as in libuv: if a descriptor is closed and the directory is missing, the error is EBADF',
  steps: ({ stdio: steps }) => steps,
};

const standard: Phase = {
  name: 'standard',
  why: 'Node sets close-on-exec on 0 to 2, so it is cleared, except where `fds` or a file action changes the number',
  steps: ({ onlyNamed, moves }) => (onlyNamed ? [] : keepStandardFds(moves)),
};

const descriptors = phaseOfAttributes(
  'descriptors',
  'before the file actions, which may overwrite the parent’s numbers that `fds` reads',
);

const actions: Phase = {
  name: 'actions',
  why: 'they use the numbers that `fds` has made, and open files before the ids change',
  steps: ({ actions: steps }) => steps,
};

const leftovers: Phase = {
  name: 'leftovers',
  why: 'numbers that steps only read from are no longer needed, and the program must not inherit them',
  steps: ({ survivors }) => survivors.leftovers,
};

const terminal = phaseOfAttributes(
  'terminal',
  'on the numbers that the program gets; SIGTTOU is blocked, as all signals are',
);
const ownMemory: Phase = {
  name: 'own-memory',
  why: 'what comes after it must not happen in the parent’s memory; descriptors are made before, as the caller',
  steps: ({ ownMemory: isNeeded }) => (isNeeded ? [{ op: 'own-memory' }] : []),
};

const placement: Phase = {
  name: 'placement',
  why: 'before the program has used any memory, which then counts where it belongs',
  // what these steps have read is no longer needed
  steps: ({ attributes, survivors }) => [...attributes('placement'), ...survivors.carried],
};
const root = phaseOfAttributes(
  'root',
  'after everything that opens a file of the caller; no descriptor is opened after it',
);
const limits = phaseOfAttributes(
  'limits',
  'after the last step that opens a descriptor: a low limit of open descriptors would make it fail',
);
const identity = phaseOfAttributes('identity', 'after everything that needs the rights of the parent');
const parent = phaseOfAttributes('parent', 'after `identity`: the kernel clears it when ids change');
const promise = phaseOfAttributes(
  'promise',
  'what the program can never take back, after everything that it would forbid',
);
const mask = phaseOfAttributes(
  'mask',
  'until here all signals are blocked; no handler of the parent is installed any more',
);

const exec: Phase = {
  name: 'exec',
  why: 'last: the candidates, tried in order until one succeeds',
  steps: ({ candidates }) => candidates.map((path) => ({ op: 'execve', path }) as const),
};

export const posixPhases: readonly Phase[] = [
  signals,
  program,
  table,
  session,
  scheduling,
  umask,
  cwd,
  standard,
  descriptors,
  actions,
  leftovers,
  terminal,
  ownMemory,
  placement,
  root,
  limits,
  identity,
  parent,
  promise,
  mask,
  exec,
];

/** The order of libuv, with the attributes in between. */
export const dropInPhases: readonly Phase[] = [
  signals,
  program,
  table,
  session,
  scheduling,
  umask,
  stdio,
  descriptors,
  cwd,
  actions,
  leftovers,
  terminal,
  ownMemory,
  placement,
  root,
  limits,
  identity,
  parent,
  promise,
  mask,
  exec,
];

const STANDARD_FDS = [0, 1, 2];

/** Only for numbers that no other step changes: dup2 and `inherit` clear close-on-exec too. */
function keepStandardFds(moves: readonly Step[]): Step[] {
  return STANDARD_FDS.filter((fd) => !moves.some((step) => targetOf(step) === fd)).map((fd) => ({
    op: 'keep-if-open',
    fd,
  }));
}
