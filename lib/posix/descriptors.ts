import { binding } from '../binding.js';
import { systemError } from '../errors.js';
import { checkBoolean, checkFd } from '../validate.js';

/**
 * A pipe, both ends blocking, and close-on-exec from birth. The caller owns both numbers and closes them
 * (`fs.closeSync`). Source: pipe2(2).
 * @throws Error with `code`, `errno` and `syscall`: EMFILE, ENFILE.
 *
 * @example
 * ```js
 * import { closeSync, readFileSync } from 'node:fs';
 * import { FileActions, openPipe, posixSpawn } from 'forkless';
 *
 * const [readEnd, writeEnd] = openPipe();
 * await posixSpawn('/bin/echo', ['echo', 'hello'], { fileActions: new FileActions().addDup2(writeEnd, 1) });
 * closeSync(writeEnd);
 * process.stdout.write(readFileSync(readEnd, 'utf8'));
 * closeSync(readEnd);
 * ```
 * ```text
 * hello
 * ```
 */
export function openPipe(): [readFd: number, writeFd: number] {
  return pair('pipe2', (numbers) => binding().pipe(numbers));
}

/**
 * A connected pair of stream sockets of the local domain, both blocking, and close-on-exec from birth. The caller owns
 * both numbers and closes them. Source: socketpair(2).
 * @throws Error with `code`, `errno` and `syscall`: EMFILE, ENFILE.
 */
export function openSocketPair(): [fd: number, fd: number] {
  return pair('socketpair', (numbers) => binding().socketPair(numbers));
}

/**
 * Whether the descriptor of this process is closed at exec. Source: fcntl(2).
 * @param fd 0 … 2³¹−1
 * @throws Error with `code`, `errno`, `syscall` and `fd`: EBADF.
 */
export function getCloexec(fd: number): boolean {
  checkFd('fd', fd);
  return checked(binding().getCloexec(fd), fd) !== 0;
}

/**
 * Sets or clears close-on-exec of a descriptor of this process. One without the mark goes to every child of every
 * thread, of `node:child_process` too: to give one child one descriptor, name it in `fds` or `addInherit` instead.
 * Source: fcntl(2).
 * @param fd 0 … 2³¹−1
 * @param on true: closed at exec
 * @throws Error with `code`, `errno`, `syscall` and `fd`: EBADF.
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
