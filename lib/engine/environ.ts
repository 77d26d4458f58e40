import { subscribe } from 'node:diagnostics_channel';
import { types } from 'node:util';
import { binding } from '../binding.js';
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

export function isEnviron(env: object): boolean {
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
/** `environ` says no key twice, and nothing that is no variable: its bytes are those of the pairs. */
let whole = true;
let path: string | undefined;

export interface OwnEnvironment {
  readonly env: 'environ' | readonly string[];
  /** The value of PATH. */
  readonly path: string | undefined;
}

/** What the engine makes of a list that `environPairs` gave, or null where the list is another one by now. */
export function ownEnvironment(list: readonly unknown[]): OwnEnvironment | null {
  if (list !== given || !isEnviron(process.env)) return null;
  const now = environPairs();
  if (list.length !== now.length) return null;
  for (let index = 0; index < now.length; index++) if (list[index] !== now[index]) return null;
  return { env: whole ? 'environ' : now, path };
}

let given: readonly unknown[] | undefined;

/** A copy, which its owner may change. */
export function copyEnvironPairs(): string[] {
  const copy = [...environPairs()];
  given = copy;
  return copy;
}

/** `environ` as `KEY=value`, of a key that stands there twice the first. Only where `isEnviron(process.env)`. */
function environPairs(): readonly string[] {
  let result = binding().readEnviron(block, size);
  if (result < 0) {
    block = Buffer.alloc(-result * 2);
    size = 0;
    result = binding().readEnviron(block, size);
  }
  if (result > 0) {
    size = result;
    const entries = block.toString('utf8', 0, size - 1).split('\0');
    pairs = firstOfEach(entries);
    whole = pairs.length === entries.length;
    path = pathOf(pairs);
  }
  return pairs;
}

export function pathOf(list: readonly unknown[]): string | undefined {
  for (const pair of list)
    if (typeof pair === 'string' && pair.startsWith('PATH=')) return pair.slice('PATH='.length);
  return undefined;
}

function firstOfEach(entries: readonly string[]): readonly string[] {
  const first = new Map<string, string>();
  for (const entry of entries) {
    const end = entry.indexOf('=');
    const key = entry.slice(0, end);
    if (end >= 0 && !first.has(key)) first.set(key, entry);
  }
  return [...first.values()];
}
