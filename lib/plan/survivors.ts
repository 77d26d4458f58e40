import { HIGHEST_FD } from '../validate.js';
import { fdOf, targetOf } from './step-fields.js';
import type { Step } from './vocabulary.js';

/**
 * The steps of a child that keeps only the descriptors that its plan names (`cloexecDefault`). `sweep` comes first and
 * closes every number that no step names: a child that hangs in a later step must not keep the pipes and files of other
 * code open. `leftovers` comes last and closes numbers that steps only read from.
 */
export interface Survivors {
  readonly sweep: readonly Step[];
  readonly leftovers: readonly Step[];
  /** After the steps that read a descriptor of the parent later than the file actions. */
  readonly carried: readonly Step[];
}

/**
 * @param moves all steps that open, copy or close descriptors, in their order
 * @param later steps that read descriptors when all moves are done
 * @param slots how many numbers, from 0 on, are closed at the end if no step opens them
 */
export function closeUnnamed(moves: readonly Step[], later: readonly Step[], slots: number): Survivors {
  const named = namedFds([...moves, ...later], slots);
  const carried = new Set(later.map(fdOf));
  const closed = closeLeftovers(moves, named);
  return {
    sweep: sweepBetween(named),
    leftovers: closed.filter(({ fd }) => !carried.has(fd)),
    carried: closed.filter(({ fd }) => carried.has(fd)),
  };
}

/** Every number that a step reads or changes, and every slot, lowest first. */
function namedFds(moves: readonly Step[], slots: number): number[] {
  const named = new Set<number>(Array(slots).keys());
  for (const step of moves) {
    for (const fd of [fdOf(step), targetOf(step)]) if (fd !== undefined) named.add(fd);
  }
  return [...named].sort((a, b) => a - b);
}

function sweepBetween(named: readonly number[]): Step[] {
  const steps: Step[] = [];
  let lowFd = 0;
  for (const fd of named) {
    if (fd > lowFd) steps.push({ op: 'sweep', lowFd, highFd: fd - 1 });
    lowFd = fd + 1;
  }
  if (lowFd <= HIGHEST_FD) steps.push({ op: 'sweep', lowFd, highFd: HIGHEST_FD });
  return steps;
}

type Closing = Extract<Step, { op: 'close' }>;

/** Numbers that steps only read from: the program must not inherit the parent's descriptors there. */
function closeLeftovers(moves: readonly Step[], named: readonly number[]): Closing[] {
  const open = new Set<number>();
  for (const step of moves) {
    const target = targetOf(step);
    if (step.op === 'closefrom') {
      for (const fd of open) if (fd >= step.lowFd) open.delete(fd);
    } else if (step.op === 'close') {
      open.delete(step.fd);
    } else if (target !== undefined) {
      open.add(target);
    }
  }
  return named.filter((fd) => !open.has(fd)).map((fd) => ({ op: 'close', fd }));
}
