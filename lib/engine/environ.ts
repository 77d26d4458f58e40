import { subscribe } from 'node:diagnostics_channel';
import { types } from 'node:util';
import { binding } from '../binding.js';
import { builtin } from '../builtin.js';
import { loadingError } from './availability.js';

/**
 * Reading `process.env` costs half a microsecond a variable. On Node's main thread it is a view of the C library's
 * `environ`, so the engine reads that instead. Workers have environments of their own, and a program may have replaced
 * `process.env`: those are read like any object.
 *
 * A Worker made with `SHARE_ENV` changes the same `environ`, possibly while the engine reads it: a race. Nothing tells
 * which Workers were made so. Once any Worker exists, `process.env` is read, which takes Node's lock.
 */

const { isMainThread } = builtin('node:worker_threads');
let workers = !isMainThread;
const endCopying = (): void => {
  workers = true;
};
if (isMainThread) {
  process.once('worker', endCopying);
  // This channel is published at once; the event above comes a tick later.
  subscribe('worker_threads', endCopying);
}

/** The last object that was asked about, and the answer. */
let asked: object | undefined;
let answer = false;

function isEnviron(env: object): boolean {
  if (workers) return false;
  if (env !== asked) {
    answer = !('bun' in process.versions) && !('deno' in process.versions) && refusesSymbols(env);
    asked = env;
  }
  return answer;
}

/** Node's own object throws if a symbol is set; any other extensible object takes it. */
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

let block = Buffer.alloc(16384);
let size = 0;
let pairs: readonly string[] = [];
/** `process.env` shows the same variables as these bytes. */
let plain = true;
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

/** For the list that `copyEnvironPairs` returned, if nobody has changed it since: the engine's `environ`. Else null. */
export function ownEnvironment(list: readonly unknown[]): PassedEnvironment | null {
  if (list !== given || !isOwnEnvironment(process.env) || list.length !== pairs.length) return null;
  for (let index = 0; index < pairs.length; index++) if (list[index] !== pairs[index]) return null;
  return { env: 'environ', path };
}

/** The last result of `copyEnvironPairs`. */
let given: readonly unknown[] | undefined;

/** A copy of `environ` as `KEY=value`, which the caller may change. Only right after `isOwnEnvironment`. */
export function copyEnvironPairs(): string[] {
  const copy = [...pairs];
  given = copy;
  return copy;
}

function readEnviron(): void {
  if (loadingError() !== null) return; // `explain` works without the engine
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
