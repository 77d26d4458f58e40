import { subscribe } from 'node:diagnostics_channel';
import { types } from 'node:util';
import { binding, loadingTrouble } from '../binding.js';
import { builtin } from '../builtin.js';

/**
 * Reading `process.env` costs half a microsecond a variable. On the main thread of Node it is a view of the C
 * library's `environ`, so there the engine reads that. A Worker has its own, and a program may have put another object
 * in its place: those are read as any object.
 *
 * A Worker made with `SHARE_ENV` changes the same `environ`, and may do so while the engine reads it. Which Workers
 * are such nobody tells: so the first Worker ends that, and `process.env`, which has a lock, is read.
 */

const { isMainThread } = builtin('node:worker_threads');
let workers = !isMainThread;
const endCopying = (): void => {
  workers = true;
};
if (isMainThread) {
  process.once('worker', endCopying);
  // told at once, where the event comes in the next tick
  subscribe('worker_threads', endCopying);
}

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

/** Node's own object has no room for a symbol; every other object has, unless it is sealed. */
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
/** It has only what `process.env` shows as it is. */
let plain = true;
let path: string | undefined;

/**
 * Is this object `process.env`, and the C library's `environ` the same, byte for byte? Not where a key stands there
 * twice, where an entry has no key, or where its bytes are no UTF-8: then what `process.env` says counts.
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

/** What the engine makes of a list that `copyEnvironPairs` gave, or null where the list is another one by now. */
export function ownEnvironment(list: readonly unknown[]): PassedEnvironment | null {
  if (list !== given || !isOwnEnvironment(process.env) || list.length !== pairs.length) return null;
  for (let index = 0; index < pairs.length; index++) if (list[index] !== pairs[index]) return null;
  return { env: 'environ', path };
}

let given: readonly unknown[] | undefined;

/** `environ` as `KEY=value`, in a copy, which its owner may change. Only right after `isOwnEnvironment`. */
export function copyEnvironPairs(): string[] {
  const copy = [...pairs];
  given = copy;
  return copy;
}

function readEnviron(): void {
  if (loadingTrouble() !== null) return; // nothing is started then: it is explained only
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
 * U+FFFD stands for what is no UTF-8. Once in a while it was there before, and nothing is lost. An environment that has
 * been emptied is one entry of nothing, and not plain either.
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
