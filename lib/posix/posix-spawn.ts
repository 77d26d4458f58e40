import { searchPath } from '../plan/path-search.js';
import { printPlan } from '../plan/print.js';
import type { Bytes, Plan } from '../plan/vocabulary.js';
import { checkBytes, checkString, invalidArgValue } from '../validate.js';
import { compile } from './compile.js';
import type { ParsedOptions, PosixSpawnOptions } from './options.js';
import { parseArgv, parseOptions } from './options.js';
import type { Process } from './process.js';
import { start, startSync } from './start.js';

/** What all front functions make of their arguments. */
export interface Request {
  /** As the caller named it, for errors. */
  readonly file: Bytes;
  readonly plan: Plan;
  readonly options: ParsedOptions;
}

/**
 * Starts the program at `path`. Resolves when the program has begun (exec has happened), and never blocks the event
 * loop on that. `path` is used as it is; `argv` includes argv[0].
 *
 * @throws (as rejection) TypeError, RangeError: a wrong argument, before anything happens;
 *   SpawnError: the step that failed, and its errno; nothing is left behind;
 *   AbortError: `options.signal` was aborted before exec; the child is killed and reaped.
 * Source: POSIX.1-2024, posix_spawn(3).
 */
export async function posixSpawn(
  path: Bytes,
  argv: readonly Bytes[],
  options?: PosixSpawnOptions,
): Promise<Process> {
  return start(request(path, argv, options, candidatesAsIs));
}

/** As `posixSpawn`, but a name without a slash is searched in this thread's PATH (unset: `/usr/bin:/bin`). Never a shell. */
export async function posixSpawnp(
  file: Bytes,
  argv: readonly Bytes[],
  options?: PosixSpawnOptions,
): Promise<Process> {
  return start(request(file, argv, options, candidatesInPath));
}

/** As `posixSpawn`, but blocks this thread until exec is known. The end of the process is told as always. */
export function posixSpawnSync(path: Bytes, argv: readonly Bytes[], options?: PosixSpawnOptions): Process {
  return startSync(uncancellable(request(path, argv, options, candidatesAsIs)));
}

/** As `posixSpawnp`, but blocks this thread until exec is known. */
export function posixSpawnpSync(file: Bytes, argv: readonly Bytes[], options?: PosixSpawnOptions): Process {
  return startSync(uncancellable(request(file, argv, options, candidatesInPath)));
}

/**
 * The plan that `posixSpawn` would run, one line a step, in order. Starts nothing.
 * @throws as `posixSpawn` for wrong arguments.
 */
export function explain(path: Bytes, argv: readonly Bytes[], options?: PosixSpawnOptions): string {
  return printPlan(request(path, argv, options, candidatesAsIs).plan);
}

/** As `explain`, but of the plan that `posixSpawnp` would run. */
export function explainSearched(file: Bytes, argv: readonly Bytes[], options?: PosixSpawnOptions): string {
  return printPlan(request(file, argv, options, candidatesInPath).plan);
}

function request(
  file: unknown,
  argv: unknown,
  options: unknown,
  candidatesOf: (file: Bytes) => readonly Bytes[],
): Request {
  const name = checkBytes(candidatesOf === candidatesAsIs ? 'path' : 'file', file);
  const list = parseArgv(argv);
  const parsed = parseOptions(options);
  return { file: name, plan: compile(candidatesOf(name), list, parsed), options: parsed };
}

function candidatesAsIs(path: Bytes): readonly Bytes[] {
  return [path];
}

function candidatesInPath(file: Bytes): readonly Bytes[] {
  return searchPath(file, checkString('process.env.PATH', process.env['PATH'] ?? '/usr/bin:/bin'));
}

function uncancellable(request: Request): Request {
  const { signal } = request.options;
  if (signal !== null)
    throw invalidArgValue('options.signal', signal, 'cannot cancel a start that blocks this thread');
  return request;
}
