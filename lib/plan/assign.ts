import type { Step } from './vocabulary.js';

/**
 * Plans the simultaneous assignment of descriptors. A slot is an index of `fds`. After the steps, descriptor `slot`
 * refers to what descriptor `fds[slot]` referred to before the first step, or is closed if `fds[slot]` is null.
 * Numbers beyond the array do not change.
 *
 * A slot is overwritten only when no other slot has to be copied from it any more. The slots that remain then form
 * disjoint cycles. Each cycle is rotated through a copy of one member that an earlier step has made, or through one
 * spare descriptor. If a source is closed in the child, a step of a slot that needs it fails with EBADF.
 */
export function planAssignment(fds: readonly (number | null)[]): Step[] {
  const steps: Step[] = [];
  const readers = countReaders(fds);
  /** 1: the slot has its final descriptor. */
  const settled = new Uint8Array(fds.length);
  /** For a slot whose descriptor was copied: a settled slot that holds the copy. */
  const copies = new Map<number, number>();

  for (const [slot, source] of fds.entries()) {
    if (source === slot) {
      settled[slot] = 1;
      steps.push({ op: 'inherit', fd: slot, slot });
    } else {
      settleChain(slot);
    }
  }
  for (const slot of fds.keys()) {
    if (settled[slot] === 1) continue;
    const cycle = takesFrom(slot, fds);
    for (const take of cycle) settled[take.slot] = 1;
    for (const step of rotate(slot, cycle, fds, copies)) steps.push(step);
  }
  return steps;

  // Each slot has one source, so settling a slot lets at most one other be overwritten: a loop is enough.
  function settleChain(first: number): void {
    let slot = first;
    while (readers[slot] === 0 && settled[slot] === 0) {
      const source = fds[slot] ?? null;
      settled[slot] = 1;
      if (source === null) {
        steps.push({ op: 'close', fd: slot, slot });
        return;
      }
      steps.push({ op: 'dup2', fd: source, newFd: slot, slot });
      if (source >= fds.length) return;
      copies.set(source, slot);
      readers[source] = (readers[source] ?? 0) - 1;
      slot = source;
    }
  }
}

/** How many slots are still to be copied from each slot. One that keeps its number counts as its own reader, always. */
function countReaders(fds: readonly (number | null)[]): Uint32Array {
  const readers = new Uint32Array(fds.length);
  for (const source of fds) {
    if (source !== null && source < fds.length) readers[source] = (readers[source] ?? 0) + 1;
  }
  return readers;
}

/** `slot` gets a copy of `fd`. */
interface Take {
  readonly slot: number;
  readonly fd: number;
}

/** The copies of a cycle: each overwrites the descriptor that the one before it has copied; the last copies `first`. */
function takesFrom(first: number, fds: readonly (number | null)[]): Take[] {
  const takes: Take[] = [];
  let slot = first;
  for (let fd = fds[slot]; typeof fd === 'number'; fd = fds[slot]) {
    takes.push({ slot, fd });
    if (fd === first) break;
    slot = fd;
  }
  return takes;
}

function rotate(
  first: number,
  cycle: readonly Take[],
  fds: readonly (number | null)[],
  copies: ReadonlyMap<number, number>,
): Step[] {
  for (const { slot } of cycle) {
    const copy = copies.get(slot);
    // The slot of the copy is settled: no later step overwrites it.
    if (copy !== undefined) return rotateThroughCopy(slot, copy, takesFrom(slot, fds));
  }
  return rotateThroughSpare(first, cycle);
}

function rotateThroughCopy(first: number, copy: number, cycle: readonly Take[]): Step[] {
  return cycle.map(({ slot, fd }) => ({ op: 'dup2', fd: fd === first ? copy : fd, newFd: slot, slot }));
}

/**
 * The spare gets the lowest free number. If a member were closed, the spare could get that member's number: a later step
 * would then copy the spare instead, and the child would have wrong descriptors without any error. So an `inherit` of
 * each member, which fails with EBADF if the member is closed, comes before the spare is made.
 */
function rotateThroughSpare(first: number, cycle: readonly Take[]): Step[] {
  const steps: Step[] = [];
  for (const { slot, fd } of cycle) {
    steps.push(fd === first ? { op: 'save', fd, slot } : { op: 'inherit', fd, slot });
  }
  for (const { slot, fd } of cycle) {
    steps.push(fd === first ? { op: 'restore', newFd: slot, slot } : { op: 'dup2', fd, newFd: slot, slot });
  }
  return steps;
}
