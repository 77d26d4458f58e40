import { binding } from '../binding.js';

/** Descriptors of this process. A call that fails returns -errno. */

/** Socket pairs, as libuv makes them: first the parent's end of each, for Node's streams, then the child's of each. */
export type Pairs = Int32Array;

/** Both ends blocking and close-on-exec. */
export function openPipe(): readonly [readFd: number, writeFd: number] | number {
  return openTwo((numbers) => binding().pipe(numbers));
}

/** Both ends blocking and close-on-exec. */
export function openSocketPair(): readonly [fd: number, fd: number] | number {
  return openTwo((numbers) => binding().socketPair(numbers));
}

/** Opens all pairs or none. They are closed when this Node environment ends, until `releaseOurEnd`. */
export function openSocketPairs(count: number): Pairs | number {
  const pairs = new Int32Array(2 * count);
  const error = count === 0 ? 0 : binding().socketPairs(pairs);
  return error === 0 ? pairs : error;
}

/** From now on the caller closes the parent's end of this pair. */
export function releaseOurEnd(pairs: Pairs, index: number): void {
  binding().release(pairs, index, 1);
}

/** Skips ends that are closed already. */
export function closePairs(pairs: Pairs): void {
  binding().closeAll(pairs, 0, pairs.length);
}

/** The child's ends. */
export function closeTheirEnds(pairs: Pairs): void {
  binding().closeAll(pairs, pairs.length / 2, pairs.length / 2);
}

/** The parent's ends. */
export function closeOurEnds(pairs: Pairs): void {
  binding().closeAll(pairs, 0, pairs.length / 2);
}

export function closeOurEnd(pairs: Pairs, index: number): void {
  binding().closeAll(pairs, index, 1);
}

/** 1, 0 or -errno. */
export function getCloexec(fd: number): number {
  return binding().getCloexec(fd);
}

export function setCloexec(fd: number, on: boolean): number {
  return binding().setCloexec(fd, on);
}

function openTwo(open: (numbers: Int32Array) => number): readonly [number, number] | number {
  const numbers = new Int32Array(2);
  const error = open(numbers);
  return error < 0 ? error : [numbers[0] as number, numbers[1] as number];
}
