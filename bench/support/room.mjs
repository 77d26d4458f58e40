// What fits on this machine. What does not is left out, and said.
import { readFileSync } from 'node:fs';

const MB = 2 ** 20;
const HOST_MB = 256;
/** What the kernel keeps for a process that sleeps, with room to spare. */
const CHILD_MB = 0.2;
/** Descriptors beyond those that stand open: pipes and pidfds of what is in flight. */
const SPARE = 500;

/** Why a host of so many megabytes, descriptors and children does not fit, or undefined. */
export function whyNot({ megabytes = 0, descriptors = 0, children = 0 }) {
  const needed = megabytes + HOST_MB + children * CHILD_MB;
  if (needed > availableMegabytes())
    return `needs ${Math.ceil(needed)} MB, ${availableMegabytes()} are available`;
  const files = limit('Max open files');
  if (Math.max(descriptors, children) + SPARE > files) return `the limit of open files is ${files}`;
  const processes = Math.min(limit('Max processes'), number('/proc/sys/kernel/pid_max') / 2);
  if (children + SPARE > processes) return `the limit of processes is ${processes}`;
  return undefined;
}

/** How many hosts of that size fit at once; at least one. */
export function roomFor(megabytes) {
  return Math.max(1, Math.floor(availableMegabytes() / (megabytes + HOST_MB)));
}

function availableMegabytes() {
  const [, kilobytes] = readFileSync('/proc/meminfo', 'latin1').match(/^MemAvailable: +(\d+)/m);
  return Math.floor((Number(kilobytes) * 1024 * 0.9) / MB);
}

/** The hard limit: every host raises its soft one. */
function limit(name) {
  const [, hard] = readFileSync('/proc/self/limits', 'latin1').match(
    new RegExp(`^${name} +\\S+ +(\\S+)`, 'm'),
  );
  return hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard);
}

function number(file) {
  return Number(readFileSync(file, 'latin1'));
}
