import type { SpawnOptions } from 'node:child_process';
import { fdOrNull } from '../attributes/codecs.js';
import type { MoreOptions, PosixSpawnOptions } from '../attributes/index.js';
import type { Bytes } from '../bytes.js';
import { checkEach, invalidArgValue } from '../validate.js';
import { copyForPosix, copyForSpawn } from './environment.js';
import { FIRST_FD } from './listen.js';
import type { Resolved } from './resolve.js';
import { actionsOf, collision, resolve } from './resolve.js';

/** An open descriptor of this process that the program gets. */
export interface ListenFd {
  /** Its number in this process. */
  readonly fd: number;
  /** What LISTEN_FDNAMES calls it: 1 to 255 printable ASCII characters without `:`. Default: `'unknown'`. */
  readonly name?: string | undefined;
}

/** What a service needs besides the options of the door. All optional; undefined is the same as absent. */
export interface Service {
  /**
   * User of the program: a name of /etc/passwd, or a number. Sets `uid`, `gid` (the user's own group, unless `group` or
   * `gid` is given) and `groups` (that group and those of /etc/group that list the user, unless `groups` is given). A
   * number that /etc/passwd does not have needs `group`.
   */
  user?: string | number | undefined;
  /** Group of the program: a name of /etc/group, or a number. Sets `gid`. */
  group?: string | number | undefined;
  /** More supplementary groups: names of /etc/group, or numbers. Without `user`: all of them. */
  supplementaryGroups?: readonly (string | number)[] | undefined;
  /**
   * false: HOME, USER, LOGNAME and SHELL stay as `env` has them. Default: with `user` they are those of /etc/passwd, as
   * with User= of systemd.
   */
  loginEnvironment?: boolean | undefined;
  /**
   * File to which stdout and stderr of the program are appended, through one open file. Opened in the child, as this
   * process's user, before the ids change; created with the mode 0640, less what the umask takes away. A relative path
   * starts at `cwd`.
   */
  logFile?: Bytes | undefined;
  /** Descriptors that the program gets as 3, 4, …, with LISTEN_FDS, LISTEN_FDNAMES and LISTEN_PID. */
  listenFds?: readonly (number | ListenFd)[] | undefined;
}

/**
 * The options by which `posixSpawn` and its siblings start a service. Reads /etc/passwd and /etc/group if it must; starts
 * and opens nothing else. stdin is /dev/null, unless `fds` has a first entry; 1 and 2 are those of this process, unless
 * `logFile` or `fds` says otherwise. What is absent is as in the drop-in: no other descriptor survives
 * (`cloexecDefault`), all signals have their default action, and none is blocked.
 *
 * @param service also any option of `posixSpawn`, which is passed on. `fds` may have the entries of 0, 1 and 2.
 * @throws TypeError, RangeError: a wrong value; a name that is not in the files; two options that contradict each other.
 *
 * @example
 * ```js
 * import { readFileSync } from 'node:fs';
 * import { posixSpawn } from 'forkless';
 * import { posixOptions } from 'forkless/service';
 *
 * const options = posixOptions({ logFile: 'service.log', umask: 0o27 });
 * const service = await posixSpawn('/bin/sh', ['sh', '-c', 'echo started; echo trouble >&2'], options);
 * await service.exited;
 * process.stdout.write(readFileSync('service.log', 'utf8'));
 * ```
 * ```text
 * started
 * trouble
 * ```
 */
export function posixOptions(service: Service & PosixSpawnOptions): PosixSpawnOptions {
  const resolved = resolve(service, copyForPosix);
  const { rest, options } = resolved;
  const given = rest['fds'] === undefined ? [] : checkEach('service.fds', rest['fds'], fdOrNull.check);
  const fds = fdsOf(resolved, given);
  const fileActions = actionsOf(resolved, given.length === 0);
  return { ...ofServices, ...rest, ...options, fds, ...(fileActions && { fileActions }) };
}

/** As the drop-in has them, and as other programs that start services do. */
const ofServices: PosixSpawnOptions = { cloexecDefault: true, sigdefault: 'all', sigmask: [] };

function fdsOf({ logFile, listen }: Resolved, given: readonly (number | null)[]): readonly (number | null)[] {
  const logged = given.slice(1, FIRST_FD).find((fd) => fd !== null);
  if (logFile !== null && logged !== undefined) throw collision('fds', given, 'logFile');
  if (listen !== null && given.length > FIRST_FD) throw collision('fds', given, 'listenFds');
  const [input = null, output = logFile === null ? 1 : null, errors = logFile === null ? 2 : null] = given;
  return [input, output, errors, ...given.slice(FIRST_FD), ...(listen?.fds ?? [])];
}

/**
 * The options by which `spawn` and its siblings of `forkless/child_process` start a service; `fork` excepted, whose
 * channel may have the number 3. Reads /etc/passwd and /etc/group if it must; starts and opens nothing else. stdin is
 * /dev/null, unless `stdio` has a first entry. What `env` inherits counts, as in Node.
 *
 * @param service also any option of `spawn`, which is passed on. `stdio` may have the entries of 0, 1 and 2.
 * @throws TypeError, RangeError: a wrong value; a name that is not in the files; two options that contradict each other.
 */
export function spawnOptions<Options extends SpawnOptions & MoreOptions>(
  service: Service & Options,
): Omit<Options, keyof Service | 'stdio'> & SpawnOptions & MoreOptions {
  const resolved = resolve(service, copyForSpawn);
  const { rest, options } = resolved;
  const stdio = stdioOf(resolved, rest['stdio']);
  const fileActions = actionsOf(resolved, false);
  const all: object = { ...rest, ...options, stdio, ...(fileActions && { fileActions }) };
  return all as Omit<Options, keyof Service | 'stdio'> & SpawnOptions & MoreOptions;
}

function stdioOf({ logFile, listen }: Resolved, given: unknown): SpawnOptions['stdio'] {
  const list = listOf(given);
  const isFree = (entry: unknown): boolean => entry === undefined || entry === null || entry === 'ignore';
  if (logFile !== null && !(isFree(list[1]) && isFree(list[2]))) throw collision('stdio', given, 'logFile');
  if (listen !== null && list.length > FIRST_FD) throw collision('stdio', given, 'listenFds');
  const output = logFile === null ? 'pipe' : 'ignore';
  const standard = ['ignore', output, output].map((fallback, index) => list[index] ?? fallback);
  return [...standard, ...list.slice(FIRST_FD), ...(listen?.fds ?? [])] as SpawnOptions['stdio'];
}

function listOf(given: unknown): readonly unknown[] {
  if (given === undefined || given === null) return [];
  if (typeof given === 'string') return [given, given, given];
  // a copy: a getter runs once
  if (Array.isArray(given)) return [...given];
  throw invalidArgValue('service.stdio', given, 'must be an array or a word for three entries');
}
