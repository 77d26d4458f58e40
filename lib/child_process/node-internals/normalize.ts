import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { types } from 'node:util';
import { copyEnvironPairs, isOwnEnvironment } from '../../engine/environ.js';
import { deprecateShellArguments } from './shell-arguments.js';
import { habits, nativePairs } from './this-node.js';

/**
 * The arguments of `spawn`, as Node takes them. Whatever is wrong is not said here: `undefined` comes back, and the
 * caller hands the same arguments to Node's own function, which throws its own error before it makes anything.
 */

/** Options in a copy without prototype, with what Node adds to them; ChildProcess.prototype.spawn takes it so. */
export interface NormalizedSpawn {
  readonly [option: string]: unknown;
  file: string;
  /** argv[0] first. */
  args: unknown[];
  /** A copy of the option's; null and undefined: this process's own directory. */
  cwd: unknown;
  detached: boolean;
  envPairs: string[];
  windowsHide: boolean;
  windowsVerbatimArguments: boolean;
}

export type Loose = Readonly<Record<string, unknown>>;

export function normalizeSpawn(file: unknown, args: unknown, options: unknown): NormalizedSpawn | undefined {
  if (!isPlain(file) || file === '') return undefined;
  const call = splitArguments(args, options);
  if (call === undefined || !call.args.every(isClean)) return undefined;
  const given = copyOptions(call.options) as NormalizedSpawn | undefined;
  if (given === undefined || !optionsAreSound(given)) return undefined;
  const { cwd, env, shell, argv0 } = given;
  const path = cwd == null ? cwd : toPath(cwd);
  const envPairs = pairsOf(env);
  if ((path === undefined && cwd != null) || envPairs === undefined) return undefined;
  const command = withShell(file, call.args, shell);
  // into the copy, key by key in Node's order: a second copy of an object without prototype is dear
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

/** The array of arguments may be left out. */
function splitArguments(args: unknown, options: unknown): Call | undefined {
  if (Array.isArray(args)) return { args: [...args], options };
  if (args === undefined || args === null) return { args: [], options };
  return typeof args === 'object' ? { args: [], options: args } : undefined;
}

/** Without prototype: what somebody put on Object.prototype is no option. undefined where it is no object. */
export function copyOptions(options: unknown): Loose | undefined {
  if (options === undefined) return { __proto__: null } as unknown as Loose;
  if (options === null || typeof options !== 'object' || Array.isArray(options)) return undefined;
  return { __proto__: null, ...options } as unknown as Loose;
}

function optionsAreSound(options: Loose): boolean {
  const { detached, uid, gid, shell, argv0, windowsHide, windowsVerbatimArguments } = options;
  return (
    isAbsentOrBoolean(detached) &&
    (uid == null || isInt32(uid)) &&
    (gid == null || isInt32(gid)) &&
    (isAbsentOrBoolean(shell) || isPlain(shell)) &&
    (argv0 == null || isPlain(argv0)) &&
    isAbsentOrBoolean(windowsHide) &&
    isAbsentOrBoolean(windowsVerbatimArguments)
  );
}

function isAbsentOrBoolean(value: unknown): boolean {
  return value == null || typeof value === 'boolean';
}

function isInt32(value: unknown): boolean {
  return typeof value === 'number' && (value | 0) === value;
}

/** A string without NUL. */
export function isPlain(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0');
}

/** Node looks for NUL in strings only. */
export function isClean(value: unknown): boolean {
  return typeof value !== 'string' || !value.includes('\0');
}

/** A string, bytes, or a URL of a file, as in `node:fs`. undefined where it is neither, or holds NUL. */
export function toPath(value: unknown): unknown {
  const path = isUrl(value) ? urlToPath(value) : value;
  if (typeof path === 'string') return isPlain(path) ? path : undefined;
  return types.isUint8Array(path) && !path.includes(0) ? path : undefined;
}

/** By its look, as in Node: there are URL classes of other realms and of packages. */
function isUrl(value: unknown): value is URL {
  if (typeof value !== 'object' || value === null) return false;
  const { href, protocol, auth, path } = value as Record<string, unknown>;
  return Boolean(href && protocol) && auth === undefined && path === undefined;
}

function urlToPath(url: URL): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}

const COVERAGE = 'NODE_V8_COVERAGE';

function pairsOf(value: unknown): string[] | undefined {
  const env: unknown = value || process.env;
  if (isOwnEnvironment(env)) return copyEnvironPairs();
  return (value ? undefined : nativePairs()) ?? pairsFrom(env, !value);
}

/**
 * Inherited keys count, as in Node; and whoever gathers coverage gathers it from children with a bare environment: Node
 * writes that variable into the object, so it comes after the object's own and hides an inherited one.
 */
function pairsFrom(env: unknown, byDefault: boolean): string[] | undefined {
  const values = env as Record<string, unknown>;
  const coverage = process.env[COVERAGE];
  let added = coverage && !Object.hasOwn(values, COVERAGE) ? `${COVERAGE}=${coverage}` : undefined;
  const hidesInherited = added !== undefined;
  const pairs: string[] = [];
  for (const key in values) {
    if ((byDefault || hidesInherited) && !Object.hasOwn(values, key)) {
      if (added !== undefined) pairs.push(added);
      added = undefined;
      if ((byDefault && !habits().passesInherited) || (hidesInherited && key === COVERAGE)) continue;
    }
    const entry = values[key];
    if (entry === undefined) continue;
    if (!isClean(key) || !isClean(entry)) return undefined;
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

export function isTimeout(value: unknown): boolean {
  return value == null || (Number.isSafeInteger(value) && (value as number) >= 0);
}

export function isMaxBuffer(value: unknown): boolean {
  return value == null || (typeof value === 'number' && value >= 0);
}

/** undefined: not given. null: no signal. Names in any case, as Node takes them. */
export function killSignalNumber(value: unknown): number | undefined | null {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') return signalNumbers.has(value) ? value : null;
  if (typeof value !== 'string') return null;
  return constants.signals[value.toUpperCase() as NodeJS.Signals] ?? null;
}

const signalNumbers: ReadonlySet<unknown> = new Set(Object.values(constants.signals));
