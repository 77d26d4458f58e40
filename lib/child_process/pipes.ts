import { noSettings } from '../attributes/door-defaults.js';
import { stepsOfDropIn } from '../attributes/drop-in.js';
import type { Settings } from '../attributes/settings.js';
import type { Pairs } from '../engine/descriptors.js';
import { closeOurEnd, closePairs, openSocketPairs, releaseOurEnd } from '../engine/descriptors.js';
import { StepCache } from '../plan/step-cache.js';
import { fdOf } from '../plan/step-fields.js';
import type { NativeHandle, StdioEntry } from './node-internals/inner-handle.js';
import type { Slot } from './plan.js';

/** The pipes of `stdio`, for the asynchronous and the synchronous functions. */

function isPipe({ type }: StdioEntry): boolean {
  return type === 'pipe' || type === 'overlapped';
}

/**
 * Opens a socket pair for each pipe of `stdio`, or returns -errno. If `stdio` or an option names a number that is closed,
 * no pair may get this number: the child would get the pipe, where it must fail with EBADF. Such pairs are kept open
 * until pairs with other numbers are open.
 */
export function openPipes(stdio: readonly StdioEntry[], settings: Settings): Pairs | number {
  let count = 0;
  for (const entry of stdio) if (isPipe(entry)) count++;
  // Before anything is open: a handle of the caller's own may throw when its descriptor is read.
  const named = count === 0 ? noFds : namedFds(stdio, settings);
  const pairs = openSocketPairs(count);
  if (typeof pairs === 'number' || !named.some((fd) => pairs.includes(fd))) return pairs;
  const others = openPipes(stdio, settings);
  closePairs(pairs);
  return others;
}

const noFds: readonly number[] = [];

/** Those whose steps read descriptors of this process. */
const readingPhases = ['program', 'descriptors', 'placement'] as const;

/** The descriptors of this process that the plan reads from. */
export function namedFds(stdio: readonly StdioEntry[], settings: Settings): readonly number[] {
  const named: number[] = [];
  for (const entry of stdio) if (entry.type !== 'ignore' && !isPipe(entry)) named.push(fdOfEntry(entry));
  if (settings === noSettings) return named;
  const byOptions = (): readonly number[] => fdsOf(settings);
  const { key } = settings;
  return [...named, ...(key === null ? byOptions() : fdsByKey.get(key, byOptions))];
}

const fdsByKey = new StepCache<readonly number[]>();

function fdsOf({ values, actions }: Settings): readonly number[] {
  const { steps } = stepsOfDropIn(values);
  return [...readingPhases.flatMap(steps), ...actions].map(fdOf).filter((fd) => fd !== undefined);
}

/** At least three, as in libuv. null: an entry has no descriptor, such as a closed stream. */
export function slotsOf(stdio: readonly StdioEntry[], pairs: Pairs): Slot[] | null {
  const slots: Slot[] = [];
  let pipe = pairs.length / 2;
  for (const entry of stdio) {
    const fd = entry.type === 'ignore' ? null : isPipe(entry) ? (pairs[pipe++] as number) : fdOfEntry(entry);
    if (fd === -1) return null;
    // libuv treats any other negative number as 'ignore'.
    const shared = fd !== null && fd >= 0 && !isPipe(entry);
    slots.push({ fd: fd === null || fd < 0 ? null : fd, shared });
  }
  while (slots.length < 3) slots.push({ fd: null, shared: false });
  return slots;
}

/** An int32, as Node's native code reads it. */
function fdOfEntry(entry: StdioEntry): number {
  return entry.type === 'wrap' ? (entry.handle?.fd ?? -1) : Number(entry.fd) | 0;
}

/** Gives the parent's ends to Node's streams. 0 or -errno; after an error the remaining ends are closed. */
export function openStreams(stdio: readonly StdioEntry[], pairs: Pairs): number {
  let error = 0;
  let pipe = 0;
  for (const entry of stdio) {
    if (!isPipe(entry)) continue;
    if (error === 0) releaseOurEnd(pairs, pipe);
    const result = error === 0 ? ((entry.handle as NativeHandle).open(pairs[pipe] as number) ?? 0) : error;
    if (result !== 0) closeOurEnd(pairs, pipe);
    error ||= result;
    pipe++;
  }
  return error;
}
