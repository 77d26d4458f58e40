import { binding } from '../binding.js';
import type { Slot } from './compile.js';
import type { Extras } from './extras.js';
import type { NativeHandle, StdioEntry } from './inner.js';

/** Socket pairs, as libuv makes them: our end for Node's stream, the other for the child. */
export interface Pairs {
  readonly ours: Int32Array;
  readonly theirs: Int32Array;
}

/** Entries of stdio that are a pipe to the child. */
export function pipesOf(stdio: readonly StdioEntry[]): NativeHandle[] {
  return stdio.flatMap((entry) => (isPipe(entry) ? [entry.handle as NativeHandle] : []));
}

function isPipe({ type }: StdioEntry): boolean {
  return type === 'pipe' || type === 'overlapped';
}

/**
 * -errno where they cannot be had. A number that the caller names but that is closed must stay so: a pair that would
 * take it is held until others are found, or the child would get our pipe in place of EBADF.
 */
export function openPairs(count: number, named: () => ReadonlySet<number>): Pairs | number {
  const numbers = new Int32Array(count * 2);
  const error = count === 0 ? 0 : binding().socketPairs(numbers);
  if (error !== 0) return error;
  const taken = count === 0 ? undefined : named();
  if (taken !== undefined && taken.size > 0 && numbers.some((fd) => taken.has(fd))) {
    const others = openPairs(count, named);
    binding().closeAll(numbers, numbers.length);
    return others;
  }
  const [ours, theirs] = [new Int32Array(count), new Int32Array(count)];
  for (let index = 0; index < count; index++) {
    ours[index] = numbers[2 * index] as number;
    theirs[index] = numbers[2 * index + 1] as number;
  }
  return { ours, theirs };
}

export function closePairs({ ours, theirs }: Pairs): void {
  binding().closeAll(ours, ours.length);
  binding().closeAll(theirs, theirs.length);
}

/** Numbers of this process that the start reads from. */
export function namedNumbers(stdio: readonly StdioEntry[], extras: Extras): ReadonlySet<number> {
  const named = new Set<number>();
  for (const entry of stdio) if (entry.type !== 'ignore' && !isPipe(entry)) named.add(numberOf(entry));
  for (const step of [...extras.inherits, ...extras.actions]) if ('fd' in step) named.add(step.fd);
  return named;
}

/** At least three, as in libuv. null: an entry without a descriptor, such as a stream that is closed. */
export function slotsOf(stdio: readonly StdioEntry[], theirs: Int32Array): Slot[] | null {
  const slots: Slot[] = [];
  let pipes = 0;
  for (const entry of stdio) {
    if (entry.type === 'ignore') {
      slots.push({ fd: null, shared: false });
    } else if (isPipe(entry)) {
      slots.push({ fd: theirs[pipes++] as number, shared: false });
    } else {
      const fd = numberOf(entry);
      if (fd === -1) return null;
      // libuv takes any other negative number for nothing
      slots.push(fd < 0 ? { fd: null, shared: false } : { fd, shared: true });
    }
  }
  while (slots.length < 3) slots.push({ fd: null, shared: false });
  return slots;
}

/** As Node's native code reads it: an int32. */
function numberOf({ type, fd, handle }: StdioEntry): number {
  return type === 'wrap' ? (handle?.fd ?? -1) : Number(fd) | 0;
}

/** Hands our ends over to Node's streams. 0 or -errno: then all are closed that could not be handed over. */
export function openStreams(pipes: readonly NativeHandle[], ours: Int32Array): number {
  let error = 0;
  for (const [index, pipe] of pipes.entries()) {
    const result = error === 0 ? (pipe.open(ours[index] as number) ?? 0) : error;
    if (result !== 0) binding().closeAll(ours.subarray(index), 1);
    error ||= result;
  }
  return error;
}
