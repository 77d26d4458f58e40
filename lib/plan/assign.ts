import type { Step } from './vocabulary.js';

/**
 * Plans the simultaneous assignment of descriptors: in the end each slot, an index of `fds`, holds what the number
 * `fds[slot]` held before the first step, or is closed for `null`. Numbers beyond the array stay as they are.
 *
 * A slot is overwritten only when nothing is left to be read from it. What remains are cycles, disjoint ones;
 * each is rotated, through a copy of one member that the plan has already made, else through one spare.
 * A source that is closed in the child is EBADF at a step of a slot that asked for it.
 */
export function planAssignment(fds: readonly (number | null)[]): Step[] {
  const steps: Step[] = [];
  const readers = countReaders(fds);
  const settled = new Uint8Array(fds.length);
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

  // Each slot has one source, so settling a slot frees at most one other: a loop, not a tree.
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

/** How many slots are still to be read from each slot. One that keeps its own number reads itself, for good. */
function countReaders(fds: readonly (number | null)[]): Uint32Array {
  const readers = new Uint32Array(fds.length);
  for (const source of fds) {
    if (source !== null && source < fds.length) readers[source] = (readers[source] ?? 0) + 1;
  }
  return readers;
}

interface Take {
  readonly slot: number;
  readonly fd: number;
}

/** A cycle as the takes it is made of: each overwrites what the one before has read, the last one reads `first`. */
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
    // The copy's own slot is settled: nothing overwrites it.
    if (copy !== undefined) return rotateThroughCopy(slot, copy, takesFrom(slot, fds));
  }
  return rotateThroughSpare(first, cycle);
}

function rotateThroughCopy(first: number, copy: number, cycle: readonly Take[]): Step[] {
  return cycle.map(({ slot, fd }) => ({ op: 'dup2', fd: fd === first ? copy : fd, newFd: slot, slot }));
}

/**
 * The spare takes the lowest free number. If a member were closed, the spare could land on its number, be read in
 * its place and be overwritten: wrong descriptors and no error. So the members must prove to be open before.
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
