import { binding } from '../binding.js';
import { systemError } from '../errors.js';
import { checkBoolean, checkFd } from '../validate.js';

/**
 * A pipe, both ends close-on-exec from birth. The caller owns both numbers and closes them (`fs.closeSync`).
 * @throws EMFILE, ENFILE. Source: pipe2(2).
 */
export function openPipe(): [readFd: number, writeFd: number] {
  return pair('pipe2', (numbers) => binding().pipe(numbers));
}

/** A connected pair of stream sockets, both close-on-exec from birth. Source: socketpair(2). */
export function openSocketPair(): [fd: number, fd: number] {
  return pair('socketpair', (numbers) => binding().socketPair(numbers));
}

/**
 * Whether the descriptor is closed at exec.
 * @throws EBADF.
 */
export function getCloexec(fd: number): boolean {
  checkFd('fd', fd);
  return checked(binding().getCloexec(fd), fd) !== 0;
}

/**
 * Sets or clears close-on-exec. Descriptors that a program inherits under Node are often neither: see `cloexecDefault`.
 * @throws EBADF.
 */
export function setCloexec(fd: number, on: boolean): void {
  checkFd('fd', fd);
  checkBoolean('on', on);
  checked(binding().setCloexec(fd, on), fd);
}

function pair(syscall: string, open: (numbers: Int32Array) => number): [number, number] {
  const numbers = new Int32Array(2);
  const error = open(numbers);
  if (error < 0) throw systemError(-error, syscall);
  return [numbers[0] as number, numbers[1] as number];
}

function checked(result: number, fd: number): number {
  if (result < 0) throw systemError(-result, 'fcntl', { fd });
  return result;
}
