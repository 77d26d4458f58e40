import type { Step } from '#lib/plan/vocabulary.js';

export type Assignment = (number | null)[];

/** An integer from 0 to below `bound`. */
export type Random = (bound: number) => number;

export interface Descriptor {
  readonly object: string;
  readonly cloexec: boolean;
}

export type Table = ReadonlyMap<number, Descriptor>;

export interface Outcome {
  readonly table: Table;
  readonly spares: number;
  /** The step that met a closed descriptor, where the run ended. */
  readonly failed?: Step;
}

/** mulberry32: small, and the same on every machine. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
  };
}

/**
 * An assignment that takes from `sources` (the parent's open descriptors; default: 0 up to a random number).
 * Half of them permute some of the sources inside the range and fill the rest from the others: where any slot
 * may take from any source, a cycle is rare, and one that needs the spare is rarer.
 */
export function randomAssignment(
  random: Random,
  sources: readonly number[] = randomRange(random),
): Assignment {
  const length = 1 + random(Math.max(...sources) + 4);
  const permute = random(2) === 0;
  const members = sources.filter((source) => permute && source < length && random(4) > 0);
  const others = sources.filter((source) => !members.includes(source));
  const fds: Assignment = Array.from({ length }, () => (others.length === 0 ? null : pick(random, others)));
  const shuffled = shuffle(random, members);
  for (const [index, slot] of members.entries()) fds[slot] = shuffled[index] as number;
  const noise = random(4);
  const closed = random(4);
  return fds.map((source) => {
    if (random(12) < noise) return pick(random, sources);
    return random(12) < closed ? null : source;
  });
}

/** A table in which every source of `fds` is open, except for about `missing` of twelve. */
export function randomTable(random: Random, fds: Readonly<Assignment>, missing: number): Table {
  const sources = new Set(fds.filter((source) => source !== null));
  const table = new Map<number, Descriptor>();
  const end = Math.max(fds.length, ...sources) + 6;
  for (let fd = 0; fd < end; fd++) {
    const open = sources.has(fd) ? random(12) >= missing : random(2) === 0;
    if (open) table.set(fd, { object: `object ${fd}`, cloexec: random(2) === 0 });
  }
  return table;
}

/** What simultaneous assignment means; `undefined` if a source is closed. */
export function assignAtOnce(fds: Readonly<Assignment>, before: Table): Table | undefined {
  const after = new Map(before);
  for (const [slot, source] of fds.entries()) {
    const descriptor = source === null ? undefined : before.get(source);
    if (descriptor !== undefined) after.set(slot, { object: descriptor.object, cloexec: false });
    else if (source === null) after.delete(slot);
    else return undefined;
  }
  return after;
}

/** How many cycles have no member that a slot outside of the cycle takes too: each of these needs the spare. */
export function sparesNeeded(fds: Readonly<Assignment>): number {
  const seen = new Set<number>();
  let needed = 0;
  for (const slot of fds.keys()) {
    const path: number[] = [];
    let at: number | null | undefined = slot;
    while (typeof at === 'number' && at < fds.length && !path.includes(at)) {
      path.push(at);
      at = fds[at];
    }
    if (at !== slot || path.length < 2 || seen.has(slot)) continue;
    for (const member of path) seen.add(member);
    const copied = fds.some(
      (source, taker) => source !== null && path.includes(source) && !path.includes(taker),
    );
    if (!copied) needed += 1;
  }
  return needed;
}

/** Runs steps as the child does, on a table of its own. Throws where a plan breaks a law of the vocabulary. */
export function runSteps(steps: readonly Step[], before: Table): Outcome {
  const table = new Map(before);
  let spare: number | undefined;
  let spares = 0;

  for (const step of steps) {
    if (!runStep(step)) return { table, spares, failed: step };
  }
  if (spare !== undefined) throw new Error(`the spare ${spare} is left open`);
  return { table, spares };

  function runStep(step: Step): boolean {
    switch (step.op) {
      case 'dup2':
        if (step.fd === step.newFd) throw new Error(`dup2 of ${step.fd} onto itself`);
        return duplicate(step.fd, step.newFd, false);
      case 'inherit':
        return duplicate(step.fd, step.fd, false);
      case 'close':
        table.delete(step.fd);
        return true;
      case 'save':
        if (spare !== undefined) throw new Error(`a second spare while ${spare} is in use`);
        spare = lowestFree();
        spares += 1;
        return duplicate(step.fd, spare, true);
      case 'restore': {
        if (spare === undefined) throw new Error('restore without a spare');
        const restored = duplicate(spare, step.newFd, false);
        table.delete(spare);
        spare = undefined;
        return restored;
      }
      default:
        throw new Error(`an assignment has no step ${step.op}`);
    }
  }

  function duplicate(fd: number, newFd: number, cloexec: boolean): boolean {
    const descriptor = table.get(fd);
    if (descriptor === undefined) return false;
    table.set(newFd, { object: descriptor.object, cloexec });
    return true;
  }

  function lowestFree(): number {
    let fd = 0;
    while (table.has(fd)) fd += 1;
    return fd;
  }
}

function randomRange(random: Random): number[] {
  const length = 1 + random(random(16) === 0 ? 100 : 12);
  return Array.from({ length }, (_, fd) => fd);
}

function shuffle(random: Random, values: readonly number[]): number[] {
  const shuffled = [...values];
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = random(last + 1);
    const value = shuffled[last] as number;
    shuffled[last] = shuffled[other] as number;
    shuffled[other] = value;
  }
  return shuffled;
}

function pick(random: Random, values: readonly number[]): number {
  return values[random(values.length)] as number;
}
