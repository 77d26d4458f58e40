import { types } from 'node:util';
import { isMainThread } from 'node:worker_threads';
import { binding } from '../binding.js';

/**
 * Reading `process.env` costs half a microsecond a variable. On the main thread of Node it is a view of the C
 * library's `environ`, so there the engine reads that. A Worker has its own, and a program may have put another object
 * in its place: those are read as any object.
 *
 * A Worker made with `SHARE_ENV` changes the same `environ`, and may do so while the engine reads it. Which Workers
 * are such nobody tells: so the first Worker ends that, and `process.env`, which has a lock, is read.
 */

let workers = !isMainThread;
if (isMainThread)
  process.once('worker', () => {
    workers = true;
  });

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

/** `environ` as `KEY=value`, of a key that stands there twice the first. Only where `isEnviron(process.env)`. */
export function environPairs(): readonly string[] {
  let result = binding().readEnviron(block, size);
  if (result < 0) {
    block = Buffer.alloc(-result * 2);
    size = 0;
    result = binding().readEnviron(block, size);
  }
  if (result > 0) {
    size = result;
    pairs = firstOfEach(block.toString('utf8', 0, size - 1).split('\0'));
  }
  return pairs;
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
