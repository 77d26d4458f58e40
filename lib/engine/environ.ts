import { binding } from '../binding.js';
import { builtin } from '../builtin.js';
import { workerSeen } from '../worker-seen.js';
import { loadingError } from './availability.js';

const { types } = builtin('node:util');

/**
 * Reading `process.env` costs half a microsecond a variable. On Node's main thread it is a view of the C library's
 * `environ`, so the engine reads that instead. If nothing has changed since the last call, the same strings are used
 * again: 1 µs instead of 20. Workers have environments of their own, and a program may have replaced `process.env`:
 * those are read like any object.
 *
 * A Worker made with `SHARE_ENV` changes the same `environ`, possibly while the engine reads it: a race. Which Workers
 * were made with it cannot be found out. So once any Worker exists, `process.env` is read, which takes Node's lock.
 */

/** The last object that `isEnviron` has checked, and its result. */
let checked: object | undefined;
let isNodes = false;

/** Is it a view of the C library's `environ` that only this thread changes? */
function isEnviron(env: object): boolean {
  if (workerSeen()) return false;
  if (env !== checked) {
    isNodes =
      !Object.hasOwn(process.versions, 'bun') &&
      !Object.hasOwn(process.versions, 'deno') &&
      refusesSymbols(env);
    checked = env;
  }
  return isNodes;
}

/** Node's own object throws if a symbol is set; any other extensible object accepts it. */
function refusesSymbols(env: object): boolean {
  if (types.isProxy(env) || !Object.isExtensible(env)) return false;
  const key = Symbol('forkless');
  try {
    Object.assign(env, { [key]: '' });
    Reflect.deleteProperty(env, key);
    return false;
  } catch {
    return true;
  }
}

/** The bytes of `environ` as last read, and how many they are. */
let block = Buffer.alloc(16384);
let size = 0;
/** The same as strings, `KEY=value`. */
let pairs: readonly string[] = [];
/** `process.env` shows exactly these variables. */
let plain = true;
/** The value of PATH in `pairs`. */
let path: string | undefined;

/**
 * Is this object `process.env`, and does it show exactly the bytes of the C library's `environ`? Not if `environ` has a
 * key twice, an entry without a key, or bytes that are not UTF-8: then `process.env` decides.
 */
export function isOwnEnvironment(env: unknown): boolean {
  if (env !== process.env || !isEnviron(process.env)) return false;
  readEnviron();
  return plain;
}

export interface PassedEnvironment {
  readonly env: 'environ' | readonly string[];
  /** The value of PATH. */
  readonly path: string | undefined;
}

/**
 * `env: 'environ'` if `list` is what `copyEnvironPairs` returned last and is unchanged: the engine then copies the
 * environment by itself. Otherwise null.
 */
export function ownEnvironment(list: readonly unknown[]): PassedEnvironment | null {
  if (list !== lastCopy || !isOwnEnvironment(process.env) || list.length !== pairs.length) return null;
  for (let index = 0; index < pairs.length; index++) if (list[index] !== pairs[index]) return null;
  return { env: 'environ', path };
}

/** The last result of `copyEnvironPairs`. */
let lastCopy: readonly unknown[] | undefined;

/** A copy of `environ` as `KEY=value`, which the caller may change. Call it right after `isOwnEnvironment`, which reads. */
export function copyEnvironPairs(): string[] {
  const copy = [...pairs];
  lastCopy = copy;
  return copy;
}

function readEnviron(): void {
  if (loadingError() !== null) return; // `explain` works without the engine, and must not throw here
  let result = binding().readEnviron(block, size);
  if (result < 0) {
    block = Buffer.alloc(-result * 2);
    size = 0;
    result = binding().readEnviron(block, size);
  }
  if (result === 0) return;
  size = result;
  pairs = block.toString('utf8', 0, size - 1).split('\0');
  plain = isPlain(pairs);
  path = pathOf(pairs);
}

export function pathOf(list: readonly string[]): string | undefined {
  for (const pair of list) if (pair.startsWith('PATH=')) return pair.slice('PATH='.length);
  return undefined;
}

/**
 * U+FFFD replaces bytes that are not UTF-8. A variable may also contain that character itself; then `process.env` is
 * read, which is only slower. An empty environment is one empty entry here, and not plain.
 */
function isPlain(entries: readonly string[]): boolean {
  const keys = new Set<string>();
  for (const entry of entries) {
    const end = entry.indexOf('=');
    if (end < 1 || entry.includes('\uFFFD')) return false;
    keys.add(entry.slice(0, end));
  }
  return keys.size === entries.length;
}
