import { RESET_ON_FORK, schedPolicies } from './sched-policies.js';
import { IO_CLASS_SHIFT, ioClasses, numaModes } from './scheduling-names.js';

/** Numbers of the kernel whose bits have a meaning each, as text. What has no name is printed as a number. */

export function printPolicy(number: number): string {
  const policy = number & ~RESET_ON_FORK;
  return `${schedPolicies[policy] ?? policy}${number & RESET_ON_FORK ? ' reset-on-fork' : ''}`;
}

export function printIoPriority(number: number): string {
  const kind = number >> IO_CLASS_SHIFT;
  return `${ioClasses[kind] ?? kind} ${number & ((1 << IO_CLASS_SHIFT) - 1)}`;
}

export function printNumaPolicy(mode: number, nodes: readonly number[]): string {
  return [numaModes[mode] ?? mode, ...numbersIn(nodes)].join(' ');
}

/** The numbers of the bits, the lowest first. */
export function numbersIn(words: readonly number[]): number[] {
  return words.flatMap((word, index) =>
    Array.from({ length: 32 }, (_, bit) => index * 32 + bit).filter((_, bit) => (word >>> bit) & 1),
  );
}

/** In the order of the names; the rest in hexadecimal digits. */
export function namesOf(bits: number, names: Readonly<Record<string, number>>): string[] {
  const known = Object.entries(names).filter(([, bit]) => (bits & bit) === bit);
  const rest = known.reduce((left, [, bit]) => left & ~bit, bits) >>> 0;
  return known.map(([name]) => name).concat(rest === 0 ? [] : [`0x${rest.toString(16)}`]);
}
