import {
  foregroundGroup,
  openPty as openPair,
  windowSize as readSize,
  setWindowSize as writeSize,
} from '../engine/terminals.js';
import { systemError } from '../errors.js';
import { checkFd, checkInteger, checkObject } from '../validate.js';

/** In characters, each 0 … 65,535. The names are those of `process.stdout`, which can be given for one. */
export interface WindowSize {
  /** Lines. */
  readonly rows: number;
  /** Characters in a line. */
  readonly columns: number;
}

/** A pseudo terminal: {@link openPty}. */
export interface Pty {
  /** The end of who drives the terminal: what is written here is typed, what the program prints is read here. */
  readonly master: number;
  /** The end of the program: a terminal. */
  readonly slave: number;
  /** The path of the slave, `/dev/pts/7`, where this process has /dev/pts of the same container as /dev/ptmx. */
  readonly name: string;
}

const LARGEST_SIZE = 0xffff;
/** As the kernel has it. */
const UNKNOWN: WindowSize = { rows: 0, columns: 0 };

/**
 * Opens a pseudo terminal. Both descriptors are blocking and close-on-exec; the caller owns and closes them. Close the slave
 * when the programs that use it are started: reading the master then fails with EIO when the last of them has ended.
 * Source: pty(7).
 *
 * @param size of its window, for example `process.stdout`; by default 0 and 0, which means unknown
 * @throws Error with `code`, `errno` and `syscall`: EMFILE, ENFILE; ENOENT, EACCES of /dev/ptmx; ENOSPC: too many of them.
 *
 * @example
 * ```js
 * import { closeSync, readSync } from 'node:fs';
 * import { openPty, posixSpawnp } from 'forkless';
 *
 * const { master, slave } = openPty({ rows: 24, columns: 80 });
 * const child = await posixSpawnp('stty', ['stty', 'size'], { setsid: true, ctty: 0, fds: [slave, slave, slave] });
 * const answer = Buffer.alloc(80);
 * console.log(answer.toString('utf8', 0, readSync(master, answer)).trim());
 * await child.exited;
 * for (const fd of [slave, master]) closeSync(fd);
 * ```
 * ```text
 * 24 80
 * ```
 */
export function openPty(size: WindowSize = UNKNOWN): Pty {
  const { rows, columns } = checkSize(size);
  const opened = openPair(rows, columns);
  if (typeof opened === 'number') throw systemError(-opened, 'openpty');
  const [master, slave, number] = opened;
  return { master, slave, name: `/dev/pts/${number}` };
}

/**
 * The size of a terminal's window. Source: TIOCGWINSZ in ioctl_tty(2).
 * @param fd of the terminal, or of the master of a pseudo terminal
 * @throws Error with `code`, `errno`, `syscall` and `fd`: EBADF; ENOTTY if it is no terminal.
 */
export function getWindowSize(fd: number): WindowSize {
  checkFd('fd', fd);
  const size = readSize(fd);
  if (typeof size === 'number') throw systemError(-size, 'ioctl', { fd });
  return { rows: size[0], columns: size[1] };
}

/**
 * Changes it: the programs in the foreground get SIGWINCH. Source: TIOCSWINSZ in ioctl_tty(2).
 * @param fd of the terminal, or of the master of a pseudo terminal
 * @throws Error with `code`, `errno`, `syscall` and `fd`: EBADF; ENOTTY if it is no terminal.
 */
export function setWindowSize(fd: number, size: WindowSize): void {
  checkFd('fd', fd);
  const { rows, columns } = checkSize(size);
  const error = writeSize(fd, rows, columns);
  if (error < 0) throw systemError(-error, 'ioctl', { fd });
}

/**
 * The foreground process group of a terminal, which gets its signals. Source: tcgetpgrp(3).
 * @param fd of this process's controlling terminal, or of the master of a pseudo terminal
 * @returns its number; 0 if it has none here: no session has the terminal, or one of another pid namespace
 * @throws Error with `code`, `errno`, `syscall` and `fd`: EBADF; ENOTTY if it is none of these.
 */
export function tcgetpgrp(fd: number): number {
  checkFd('fd', fd);
  const group = foregroundGroup(fd);
  if (group < 0) throw systemError(-group, 'ioctl', { fd });
  return group;
}

/** Own properties. Others are ignored, so that `process.stdout` is a size. */
function checkSize(value: unknown): WindowSize {
  const given = checkObject('size', value);
  return { rows: checkPart('rows', given), columns: checkPart('columns', given) };
}

function checkPart(part: keyof WindowSize, given: Readonly<Record<string, unknown>>): number {
  return checkInteger(`size.${part}`, Object.hasOwn(given, part) ? given[part] : undefined, 0, LARGEST_SIZE);
}
