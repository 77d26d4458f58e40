import type { PosixSpawnOptions } from '../attributes/index.js';
import { parsePosixOptions } from '../attributes/parse.js';
import type { Bytes } from '../bytes.js';
import { searchPath } from '../plan/path-search.js';
import { printPlan } from '../plan/print.js';
import type { Plan } from '../plan/vocabulary.js';
import { checkBytes, checkEach, checkString, invalidArgValue } from '../validate.js';
import { makePlan } from './plan.js';
import type { Process } from './process.js';
import type { SpawnRequest } from './start.js';
import { startProcess, startProcessSync } from './start.js';

/**
 * Starts the program at `path`. Resolves when the program has begun (exec has succeeded), without blocking the event
 * loop. Source: POSIX.1-2024, posix_spawn(3).
 *
 * @param path used as it is; a relative one is looked up in the child's working directory, after `cwd` and
 *   `fileActions`
 * @param argv the arguments, argv[0] included; at least that
 * @param options all optional
 * @returns the running process. The promise rejects with
 *   - {@link SpawnError}: the step that failed, and its errno; nothing is left behind;
 *   - TypeError, RangeError: a wrong argument, before anything happens;
 *   - AbortError: `options.signal` was aborted; the child is killed and reaped.
 *
 * @example
 * ```js
 * import { posixSpawn } from 'forkless';
 *
 * const child = await posixSpawn('/bin/sh', ['sh', '-c', 'exit 3']);
 * const { code, signal } = await child.exited;
 * console.log(code, signal);
 * ```
 * ```text
 * 3 null
 * ```
 */
export async function posixSpawn(
  path: Bytes,
  argv: readonly Bytes[],
  options?: PosixSpawnOptions,
): Promise<Process> {
  return startProcess(request(path, argv, options, candidatesAsIs));
}

/**
 * As {@link posixSpawn}, but a name without a slash is searched in PATH: the one of this thread's `process.env`, not of
 * `options.env`; if unset, `/usr/bin:/bin`. A file whose format the kernel does not recognise is ENOEXEC; no shell is
 * tried. Source: POSIX.1-2024, posix_spawnp(3).
 *
 * @param file the name to search, or a path if it has a slash
 * @param argv the arguments, argv[0] included; at least that
 * @param options all optional
 * @returns the running process; rejects as {@link posixSpawn}
 */
export async function posixSpawnp(
  file: Bytes,
  argv: readonly Bytes[],
  options?: PosixSpawnOptions,
): Promise<Process> {
  return startProcess(request(file, argv, options, candidatesInPath));
}

/**
 * As {@link posixSpawn}, but blocks this thread until exec has succeeded or failed. It does not wait for the process to
 * end: `exited` does. `options.signal` is refused.
 *
 * @param path used as it is
 * @param argv the arguments, argv[0] included; at least that
 * @param options all optional
 * @throws {@link SpawnError}, TypeError, RangeError, as {@link posixSpawn} rejects.
 */
export function posixSpawnSync(path: Bytes, argv: readonly Bytes[], options?: PosixSpawnOptions): Process {
  return startProcessSync(request(path, argv, options, candidatesAsIs, true));
}

/**
 * As {@link posixSpawnp}, but blocks this thread until exec has succeeded or failed. `options.signal` is refused.
 *
 * @param file the name to search, or a path if it has a slash
 * @param argv the arguments, argv[0] included; at least that
 * @param options all optional
 * @throws {@link SpawnError}, TypeError, RangeError, as {@link posixSpawn} rejects.
 */
export function posixSpawnpSync(file: Bytes, argv: readonly Bytes[], options?: PosixSpawnOptions): Process {
  return startProcessSync(request(file, argv, options, candidatesInPath, true));
}

/**
 * Returns the plan that {@link posixSpawn} would run, one line a step, in order. Starts nothing and opens nothing. The
 * text is for people; its form may change.
 *
 * @param path the program; it need not exist
 * @param argv the arguments, argv[0] included; at least that
 * @param options all optional
 * @throws TypeError, RangeError: a wrong argument.
 *
 * @example
 * ```js
 * import { explain } from 'forkless';
 *
 * const options = { cwd: '/tmp', cloexecDefault: true, fds: [0, 1, 2], env: [] };
 * process.stdout.write(explain('/usr/bin/make', ['make'], options));
 * ```
 * ```text
 * 1. sweep 3 to the last
 * 2. chdir "/tmp"
 * 3. inherit 0  (fds[0])
 * 4. inherit 1  (fds[1])
 * 5. inherit 2  (fds[2])
 * 6. execve "/usr/bin/make"
 * argv: "make"
 * env: 0 variables
 * ```
 */
export function explain(path: Bytes, argv: readonly Bytes[], options?: PosixSpawnOptions): string {
  return printPlan(request(path, argv, options, candidatesAsIs).plan);
}

/** The plan of `posixSpawn`, or of `posixSpawnp` for a name without a slash. */
export function plannedStart(file: string, argv: readonly Bytes[], options?: PosixSpawnOptions): Plan {
  return request(file, argv, options, file.includes('/') ? candidatesAsIs : candidatesInPath).plan;
}

function request(
  file: unknown,
  argv: unknown,
  options: unknown,
  candidatesOf: (file: Bytes) => readonly Bytes[],
  synchronous = false,
): SpawnRequest {
  const name = checkBytes(candidatesOf === candidatesAsIs ? 'path' : 'file', file);
  const list = checkArgv(argv);
  const settings = parsePosixOptions(options, synchronous);
  const candidates = settings.searchesPath ? candidatesOf(name) : [name];
  return { file: name, plan: makePlan(candidates, list, settings), cancel: settings.cancel };
}

function checkArgv(value: unknown): readonly Bytes[] {
  const list = checkEach('argv', value, checkBytes);
  if (list.length === 0)
    throw invalidArgValue('argv', value, 'must not be empty: argv[0] is the name of the program');
  return list;
}

function candidatesAsIs(path: Bytes): readonly Bytes[] {
  return [path];
}

function candidatesInPath(file: Bytes): readonly Bytes[] {
  return searchPath(file, checkString('process.env.PATH', process.env['PATH'] ?? '/usr/bin:/bin'));
}
