import {
  getCloexec as getFlag,
  openPipe as makePipe,
  openSocketPair as makeSocketPair,
  setCloexec as setFlag,
} from '../engine/descriptors.js';
import { systemError } from '../errors.js';
import { checkBoolean, checkFd } from '../validate.js';

/**
 * Opens a pipe; both ends are blocking and close-on-exec from the start. The caller owns both descriptors and closes
 * them (`fs.closeSync`). Source: pipe2(2).
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
  return opened(makePipe(), 'pipe2');
}

/**
 * Opens a connected pair of Unix stream sockets, both blocking and close-on-exec from the start. The caller owns both
 * descriptors and closes them. Source: socketpair(2).
 * @throws Error with `code`, `errno` and `syscall`: EMFILE, ENFILE.
 */
export function openSocketPair(): [fd: number, fd: number] {
  return opened(makeSocketPair(), 'socketpair');
}

/**
 * Whether a descriptor of this process is close-on-exec. Source: fcntl(2).
 * @param fd 0 … 2³¹−1
 * @throws Error with `code`, `errno`, `syscall` and `fd`: EBADF.
 */
export function getCloexec(fd: number): boolean {
  checkFd('fd', fd);
  return checked(getFlag(fd), fd) !== 0;
}

/**
 * Sets or clears close-on-exec of a descriptor of this process. A descriptor without it is inherited by every child of
 * every thread, also of `node:child_process`: to pass a descriptor to one child, name it in `fds` or `addInherit`.
 * Source: fcntl(2).
 * @param fd 0 … 2³¹−1
 * @param on true: closed at exec
 * @throws Error with `code`, `errno`, `syscall` and `fd`: EBADF.
 */
export function setCloexec(fd: number, on: boolean): void {
  checkFd('fd', fd);
  checkBoolean('on', on);
  checked(setFlag(fd, on), fd);
}

function opened(result: readonly [number, number] | number, syscall: string): [number, number] {
  if (typeof result === 'number') throw systemError(-result, syscall);
  return [...result];
}

function checked(result: number, fd: number): number {
  if (result < 0) throw systemError(-result, 'fcntl', { fd });
  return result;
}
