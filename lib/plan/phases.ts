import type { Bytes } from '../bytes.js';
import { targetOf } from './step-fields.js';
import type { Survivors } from './survivors.js';
import type { Step } from './vocabulary.js';

/**
 * The order in which a child does its steps, for each door. Within a phase the order of the attributes is that of their
 * index. `signals` and `mask` have no steps: the plan says at its head what they do.
 */

/** When an attribute is carried out. `call`: it is no matter of the child. */
export type AttributePhase =
  | 'call'
  | 'signals'
  | 'table'
  | 'session'
  | 'scheduling'
  | 'umask'
  | 'cwd'
  | 'descriptors'
  | 'actions'
  | 'limits'
  | 'identity'
  | 'mask';

/** All steps of a start, before they are put into their order. */
export interface Draft {
  /** The steps of the attributes of a phase. */
  readonly attributes: (phase: AttributePhase) => readonly Step[];
  /** What makes the child's `stdio`. */
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
  /** Why it stands at its place. */
  readonly why: string;
  readonly steps: (draft: Draft) => readonly Step[];
}

function phaseOfAttributes(name: AttributePhase, why: string): Phase {
  return { name, why, steps: (draft) => draft.attributes(name) };
}

const signals = phaseOfAttributes('signals', 'no handler of the parent may run in the child');

const table: Phase = {
  name: 'table',
  why: 'unnamed descriptors are closed first: a child that is stuck later holds nobody else’s file',
  steps: ({ survivors }) => survivors.sweep,
};

const session = phaseOfAttributes('session', 'before anything that needs the process group');
const scheduling = phaseOfAttributes('scheduling', 'while the child has the rights of its caller');
const umask = phaseOfAttributes('umask', 'files that the file actions create obey it');
const cwd = phaseOfAttributes('cwd', 'relative paths of the file actions start there');

const stdio: Phase = {
  name: 'stdio',
  why: 'before `cwd`, as libuv does: the error of a descriptor that is closed comes first',
  steps: ({ stdio: steps }) => steps,
};

const standard: Phase = {
  name: 'standard',
  why: 'Node marks 0 to 2 close-on-exec; where `fds` or a file action settles one, nothing has to be kept',
  steps: ({ onlyNamed, moves }) => (onlyNamed ? [] : keepStandardFds(moves)),
};

const descriptors = phaseOfAttributes(
  'descriptors',
  'with the numbers of the parent, as the caller knows them',
);

const actions: Phase = {
  name: 'actions',
  why: 'they name the numbers of the child, which are settled by now, and open files as the caller',
  steps: ({ actions: steps }) => steps,
};

const leftovers: Phase = {
  name: 'leftovers',
  why: 'numbers that were named only to be read from are no longer needed, and must not survive',
  steps: ({ survivors }) => survivors.leftovers,
};

const limits = phaseOfAttributes(
  'limits',
  'no more descriptors are opened: a low limit of them would be in the way',
);
const identity = phaseOfAttributes('identity', 'all that came before was done with the rights of the caller');
const mask = phaseOfAttributes('mask', 'until here all signals are blocked; now no handler is left');

const exec: Phase = {
  name: 'exec',
  why: 'the candidates, tried in order; after the first that succeeds nothing follows',
  steps: ({ candidates }) => candidates.map((path) => ({ op: 'execve', path }) as const),
};

export const posixPhases: readonly Phase[] = [
  signals,
  table,
  session,
  scheduling,
  umask,
  cwd,
  standard,
  descriptors,
  actions,
  leftovers,
  limits,
  identity,
  mask,
  exec,
];

/** As libuv has it, with the attributes in between. */
export const dropInPhases: readonly Phase[] = [
  signals,
  table,
  session,
  scheduling,
  umask,
  stdio,
  descriptors,
  cwd,
  actions,
  leftovers,
  limits,
  identity,
  mask,
  exec,
];

const STANDARD_FDS = [0, 1, 2];

/** A standard descriptor that a step settles needs no keeping: close-on-exec matters at exec alone. */
function keepStandardFds(moves: readonly Step[]): Step[] {
  return STANDARD_FDS.filter((fd) => !moves.some((step) => targetOf(step) === fd)).map((fd) => ({
    op: 'keep-if-open',
    fd,
  }));
}
