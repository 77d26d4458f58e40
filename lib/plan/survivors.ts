import { fdOf, targetOf } from './step-fields.js';
import type { Step } from './vocabulary.js';

/**
 * What a child that keeps only what was named does with its descriptors: a sweep over all gaps first, so that a child
 * that is stuck later holds nobody else's pipe; and in the end the numbers closed that were named only to be read from.
 */
export interface Survivors {
  readonly sweep: readonly Step[];
  readonly leftovers: readonly Step[];
}

const HIGHEST_FD = 0x7fffffff;

/** @param slots numbers from 0 that are settled in any case: open where a step makes them so, else closed. */
export function onlyNamed(moves: readonly Step[], slots: number): Survivors {
  const named = namedFds(moves, slots);
  return { sweep: sweepBetween(named), leftovers: closeLeftovers(moves, named) };
}

/** Every number that a step reads or writes, and every slot, lowest first. */
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

/** Numbers that were named only to be read from: the parent's descriptor there must not reach the program. */
function closeLeftovers(moves: readonly Step[], named: readonly number[]): Step[] {
  const made = new Set<number>();
  for (const step of moves) {
    const target = targetOf(step);
    if (step.op === 'closefrom') {
      for (const fd of made) if (fd >= step.lowFd) made.delete(fd);
    } else if (step.op === 'close') {
      made.delete(step.fd);
    } else if (target !== undefined) {
      made.add(target);
    }
  }
  return named.filter((fd) => !made.has(fd)).map((fd) => ({ op: 'close', fd }));
}
