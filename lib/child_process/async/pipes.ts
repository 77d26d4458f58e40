import { binding } from '../../binding.js';
import type { Pairs } from '../../engine/collect.js';
import { fdOf } from '../../plan/step-fields.js';
import type { Slot } from '../compile.js';
import type { Extras } from '../extras.js';
import type { NativeHandle, StdioEntry } from '../node-internals/inner-handle.js';

export function isPipe({ type }: StdioEntry): boolean {
  return type === 'pipe' || type === 'overlapped';
}

/**
 * A pair for each pipe of stdio; -errno where they cannot be had. A number that the caller names but that is closed
 * must stay so: a pair that would take it is held until others are found, or the child would get our pipe in place of
 * EBADF.
 */
export function openPairs(stdio: readonly StdioEntry[], extras: Extras): Pairs | number {
  let count = 0;
  for (const entry of stdio) if (isPipe(entry)) count++;
  // before anything is open: a handle of the program's own may throw when it is asked for its number
  const named = count === 0 ? nothing : namedNumbers(stdio, extras);
  const pairs = new Int32Array(2 * count);
  const error = count === 0 ? 0 : binding().socketPairs(pairs);
  if (error !== 0) return error;
  if (!named.some((fd) => pairs.includes(fd))) return pairs;
  const others = openPairs(stdio, extras);
  closePairs(pairs);
  return others;
}

const nothing: readonly number[] = [];

/** Numbers of this process that the start reads from. */
function namedNumbers(stdio: readonly StdioEntry[], { inherits, actions }: Extras): readonly number[] {
  const named: number[] = [];
  for (const entry of stdio) if (entry.type !== 'ignore' && !isPipe(entry)) named.push(numberOf(entry));
  for (const step of [...inherits, ...actions]) {
    const fd = fdOf(step);
    if (fd !== undefined) named.push(fd);
  }
  return named;
}

export function closePairs(pairs: Pairs): void {
  binding().closeAll(pairs, 0, pairs.length);
}

export function closeTheirs(pairs: Pairs): void {
  binding().closeAll(pairs, pairs.length / 2, pairs.length / 2);
}

export function closeOurs(pairs: Pairs): void {
  binding().closeAll(pairs, 0, pairs.length / 2);
}

/** At least three, as in libuv. null: an entry without a descriptor, such as a stream that is closed. */
export function slotsOf(stdio: readonly StdioEntry[], pairs: Pairs): Slot[] | null {
  const slots: Slot[] = [];
  let pipe = pairs.length / 2;
  for (const entry of stdio) {
    const fd = entry.type === 'ignore' ? null : isPipe(entry) ? (pairs[pipe++] as number) : numberOf(entry);
    if (fd === -1) return null;
    // libuv takes any other negative number for nothing
    const shared = fd !== null && fd >= 0 && !isPipe(entry);
    slots.push({ fd: fd === null || fd < 0 ? null : fd, shared });
  }
  while (slots.length < 3) slots.push({ fd: null, shared: false });
  return slots;
}

/** As Node's native code reads it: an int32. */
function numberOf(entry: StdioEntry): number {
  return entry.type === 'wrap' ? (entry.handle?.fd ?? -1) : Number(entry.fd) | 0;
}

/** Hands our ends over to Node's streams. 0 or -errno: then all are closed that could not be handed over. */
export function openStreams(stdio: readonly StdioEntry[], pairs: Pairs): number {
  let error = 0;
  let pipe = 0;
  for (const entry of stdio) {
    if (!isPipe(entry)) continue;
    if (error === 0) binding().release(pairs, pipe, 1);
    const result = error === 0 ? ((entry.handle as NativeHandle).open(pairs[pipe] as number) ?? 0) : error;
    if (result !== 0) binding().closeAll(pairs, pipe, 1);
    error ||= result;
    pipe++;
  }
  return error;
}
