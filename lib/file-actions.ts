import { builtin } from './builtin.js';
import type { Bytes } from './bytes.js';
import type { Step } from './plan/vocabulary.js';
import { checkBytes, checkFd, checkInteger, invalidArgType, invalidArgValue } from './validate.js';

const { constants } = builtin('node:fs');

/** As `fs.open` takes them: a name, or a number made of `fs.constants.O_…`, 0 … 2³¹−1. Source: open(2). */
export type OpenFlags =
  | number
  | 'r'
  | 'rs'
  | 'sr'
  | 'r+'
  | 'rs+'
  | 'sr+'
  | 'w'
  | 'wx'
  | 'xw'
  | 'w+'
  | 'wx+'
  | 'xw+'
  | 'a'
  | 'ax'
  | 'xa'
  | 'as'
  | 'sa'
  | 'a+'
  | 'ax+'
  | 'xa+'
  | 'as+'
  | 'sa+';

const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND, O_EXCL, O_SYNC } = constants;
const WRITE = O_WRONLY | O_CREAT | O_TRUNC;
const WRITE_READ = O_RDWR | O_CREAT | O_TRUNC;
const APPEND = O_WRONLY | O_CREAT | O_APPEND;
const APPEND_READ = O_RDWR | O_CREAT | O_APPEND;

const flagsByName: ReadonlyMap<unknown, number> = new Map([
  ['r', O_RDONLY],
  ...(['rs', 'sr'] as const).map((name) => [name, O_RDONLY | O_SYNC] as const),
  ['r+', O_RDWR],
  ...(['rs+', 'sr+'] as const).map((name) => [name, O_RDWR | O_SYNC] as const),
  ['w', WRITE],
  ...(['wx', 'xw'] as const).map((name) => [name, WRITE | O_EXCL] as const),
  ['w+', WRITE_READ],
  ...(['wx+', 'xw+'] as const).map((name) => [name, WRITE_READ | O_EXCL] as const),
  ['a', APPEND],
  ...(['ax', 'xa'] as const).map((name) => [name, APPEND | O_EXCL] as const),
  ...(['as', 'sa'] as const).map((name) => [name, APPEND | O_SYNC] as const),
  ['a+', APPEND_READ],
  ...(['ax+', 'xa+'] as const).map((name) => [name, APPEND_READ | O_EXCL] as const),
  ...(['as+', 'sa+'] as const).map((name) => [name, APPEND_READ | O_SYNC] as const),
]);

/** A copy of the steps added so far: each start of a process takes one. */
export let snapshotOf: (actions: FileActions) => readonly Step[];
let addSteps: (actions: FileActions, steps: readonly Step[]) => void;
let isFileActions: (value: unknown) => boolean;

/**
 * What the child does with its descriptors and its working directory before exec, in the order in which it was added:
 * posix_spawn_file_actions_t. Every `add` checks its arguments (TypeError, RangeError), copies them, and returns the
 * same object. One object can be used for any number of processes; each uses what has been added before it is started.
 *
 * Descriptors are the child's numbers, integers 0 … 2³¹−1. Whether they are open is checked in the child: if not, the
 * start fails with EBADF and the action's index. A descriptor of this process has the same number in the child until
 * `fds` or an action changes it.
 * Source: POSIX.1-2024, posix_spawn_file_actions_addopen(3) and its siblings.
 *
 * @example
 * ```js
 * import { readFileSync } from 'node:fs';
 * import { FileActions, posixSpawnSync } from 'forkless';
 *
 * const toLog = new FileActions().addOpen(1, 'log.txt', 'a').addDup2(1, 2);
 * await posixSpawnSync('/bin/sh', ['sh', '-c', 'echo one; echo two >&2'], { fileActions: toLog }).exited;
 * process.stdout.write(readFileSync('log.txt', 'utf8'));
 * ```
 * ```text
 * one
 * two
 * ```
 */
export class FileActions {
  readonly #steps: Step[] = [];

  /**
   * Opens `path` as descriptor `fd`; what was open there is closed first. The descriptor survives exec unless the
   * flags have O_CLOEXEC. A relative path is taken from the child's working directory at that moment. Source: open(2).
   * @param fd the number that the file gets
   * @param path what to open, in the child
   * @param flags a name as in `fs.open`, or a number made of `fs.constants.O_…`; there is no default
   * @param mode permissions of a file that is created, before the umask: 0 … 0o7777; default 0o666
   */
  addOpen(fd: number, path: Bytes, flags: OpenFlags, mode = 0o666): this {
    checkFd('fd', fd);
    return this.#add({
      op: 'open',
      fd,
      path: checkBytes('path', path),
      flags: parseOpenFlags(flags),
      mode: checkInteger('mode', mode, 0, 0o7777),
    });
  }

  /** Makes `newFd` a copy of `fd` that survives exec; `addDup2(n, n)` only clears close-on-exec. Source: dup2(2). */
  addDup2(fd: number, newFd: number): this {
    return this.#add({ op: 'dup2', fd: checkFd('fd', fd), newFd: checkFd('newFd', newFd) });
  }

  /** Closes `fd`; no error if it is already closed. Source: close(2). */
  addClose(fd: number): this {
    return this.#add({ op: 'close', fd: checkFd('fd', fd) });
  }

  /** Changes the working directory; a relative path is resolved from the current one. Source: chdir(2). */
  addChdir(path: Bytes): this {
    return this.#add({ op: 'chdir', path: checkBytes('path', path) });
  }

  /** Changes the working directory to the open directory `fd`. Source: fchdir(2). */
  addFchdir(fd: number): this {
    return this.#add({ op: 'fchdir', fd: checkFd('fd', fd) });
  }

  /** Closes every descriptor from `lowFd` on. Source: close_range(2), posix_spawn_file_actions_addclosefrom_np(3). */
  addClosefrom(lowFd: number): this {
    return this.#add({ op: 'closefrom', lowFd: checkFd('lowFd', lowFd) });
  }

  /** Lets `fd` survive exec under its own number: clears close-on-exec. Source: fcntl(2). */
  addInherit(fd: number): this {
    return this.#add({ op: 'inherit', fd: checkFd('fd', fd) });
  }

  /**
   * Makes the child's process group the foreground group of the terminal `fd`. Works also if the child is in the
   * background: it is not stopped by SIGTTOU. Source: tcsetpgrp(3).
   */
  addTcsetpgrp(fd: number): this {
    return this.#add({ op: 'tcsetpgrp', fd: checkFd('fd', fd) });
  }

  #add(step: Step): this {
    this.#steps.push(Object.freeze({ ...step, action: this.#steps.length }));
    return this;
  }

  static {
    addSteps = (actions, steps) => actions.#steps.push(...steps);
    snapshotOf = (actions) => actions.#steps.slice();
    isFileActions = (value) => typeof value === 'object' && value !== null && #steps in value;
  }
}

/** Steps that the library adds by itself, then those of `actions`, which keep their indexes. */
export function prefixed(steps: readonly Step[], actions: FileActions): FileActions {
  const all = new FileActions();
  addSteps(all, [...steps, ...snapshotOf(actions)]);
  return all;
}

export function checkFileActions(name: string, value: unknown): FileActions {
  if (!isFileActions(value)) throw invalidArgType(name, 'an instance of FileActions', value);
  return value as FileActions;
}

function parseOpenFlags(flags: unknown): number {
  if (typeof flags === 'number') return checkInteger('flags', flags, 0, 0x7fffffff);
  if (typeof flags !== 'string') throw invalidArgType('flags', 'of type number or string', flags);
  const known = flagsByName.get(flags);
  if (known === undefined) throw invalidArgValue('flags', flags, 'must be flags as fs.open takes them');
  return known;
}
