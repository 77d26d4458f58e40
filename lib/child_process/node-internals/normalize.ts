import { copyEnvironPairs, isOwnEnvironment } from '../../engine/environ.js';
import type { LooseOptions } from '../../validate.js';
import {
  copyOptions,
  hasNoNul,
  isAbsentOrBoolean,
  isInt32,
  isStringWithoutNul,
  toPath,
} from './option-checks.js';
import { deprecateShellArguments } from './shell-arguments.js';
import { nativePairs, nodeQuirks } from './this-node.js';

/**
 * The arguments of `spawn`, as Node reads them. Returns undefined for invalid input; the caller then calls Node's own
 * function with the same arguments, which throws its error before it starts anything.
 */

/** A copy of the options without a prototype, with what Node adds: the argument of ChildProcess.prototype.spawn. */
export interface NormalizedSpawn {
  readonly [option: string]: unknown;
  file: string;
  /** argv[0] first. */
  args: unknown[];
  /** null and undefined: this process's own directory. */
  cwd: unknown;
  detached: boolean;
  envPairs: string[];
  windowsHide: boolean;
  windowsVerbatimArguments: boolean;
}

export function normalizeSpawn(file: unknown, args: unknown, options: unknown): NormalizedSpawn | undefined {
  if (!isStringWithoutNul(file) || file === '') return undefined;
  const call = splitArguments(args, options);
  if (call === undefined || !call.args.every(hasNoNul)) return undefined;
  const given = copyOptions(call.options) as NormalizedSpawn | undefined;
  if (given === undefined || !areValidOptions(given)) return undefined;
  const { cwd, env, shell, argv0 } = given;
  const path = cwd == null ? cwd : toPath(cwd);
  const envPairs = pairsOf(env);
  if ((path === undefined && cwd != null) || envPairs === undefined) return undefined;
  const command = withShell(file, call.args, shell);
  // Written into the copy in Node's order: copying an object without a prototype again would be slow.
  given.args = [argv0 ?? command.file, ...command.args];
  given.cwd = path;
  given.detached = Boolean(given.detached);
  given.envPairs = envPairs;
  given.file = command.file;
  given.windowsHide = Boolean(given.windowsHide);
  given.windowsVerbatimArguments = Boolean(given.windowsVerbatimArguments);
  return given;
}

interface Call {
  readonly args: readonly unknown[];
  readonly options: unknown;
}

/** `args` may be left out. */
function splitArguments(args: unknown, options: unknown): Call | undefined {
  if (Array.isArray(args)) return { args: [...args], options };
  if (args === undefined || args === null) return { args: [], options };
  return typeof args === 'object' ? { args: [], options: args } : undefined;
}

function areValidOptions(options: LooseOptions): boolean {
  const { detached, uid, gid, shell, argv0, windowsHide, windowsVerbatimArguments } = options;
  return (
    isAbsentOrBoolean(detached) &&
    (uid == null || isInt32(uid)) &&
    (gid == null || isInt32(gid)) &&
    (isAbsentOrBoolean(shell) || isStringWithoutNul(shell)) &&
    (argv0 == null || isStringWithoutNul(argv0)) &&
    isAbsentOrBoolean(windowsHide) &&
    isAbsentOrBoolean(windowsVerbatimArguments)
  );
}

const COVERAGE = 'NODE_V8_COVERAGE';

function pairsOf(value: unknown): string[] | undefined {
  const env: unknown = value || process.env;
  if (isOwnEnvironment(env)) return copyEnvironPairs();
  return (value ? undefined : nativePairs()) ?? pairsFrom(env, !value);
}

/**
 * Includes inherited keys, as Node does. If coverage is collected, children with an environment of their own collect it
 * too: Node writes NODE_V8_COVERAGE into the object, so it comes after the own keys and hides an inherited one.
 * @param isDefault `options.env` was not given: `env` is `process.env`
 */
function pairsFrom(env: unknown, isDefault: boolean): string[] | undefined {
  const values = env as Record<string, unknown>;
  const coverage = process.env[COVERAGE];
  let added = coverage && !Object.hasOwn(values, COVERAGE) ? `${COVERAGE}=${coverage}` : undefined;
  const hidesInherited = added !== undefined;
  const pairs: string[] = [];
  for (const key in values) {
    if ((isDefault || hidesInherited) && !Object.hasOwn(values, key)) {
      if (added !== undefined) pairs.push(added);
      added = undefined;
      if ((isDefault && !nodeQuirks().passesInherited) || (hidesInherited && key === COVERAGE)) continue;
    }
    const entry = values[key];
    if (entry === undefined) continue;
    if (!hasNoNul(key) || !hasNoNul(entry)) return undefined;
    pairs.push(`${key}=${entry as string}`);
  }
  if (added !== undefined) pairs.push(added);
  return pairs;
}

function withShell(
  file: string,
  args: readonly unknown[],
  shell: unknown,
): { file: string; args: readonly unknown[] } {
  if (!shell) return { file, args };
  if (args.length > 0) deprecateShellArguments();
  const command = [file, ...args].join(' ');
  return { file: typeof shell === 'string' ? shell : '/bin/sh', args: ['-c', command] };
}
