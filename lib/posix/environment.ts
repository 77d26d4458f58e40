import { isMainThread } from 'node:worker_threads';
import type { PlanEnvironment } from '../plan/vocabulary.js';

/**
 * Reading `process.env` costs half a microsecond a variable. On the main thread of Node it is a view of the C
 * library's `environ`, so there the engine copies that. A Worker has its own, and a program may have put another
 * object in its place: those are read as any object.
 *
 * A Worker made with `SHARE_ENV` writes to the same `environ`; it must not do so while the main thread spawns.
 */
export function inheritedEnvironment(): PlanEnvironment {
  const env = process.env;
  if (isViewOfEnviron(env)) return 'environ';
  const list: string[] = [];
  for (const [key, value] of Object.entries(env)) if (value !== undefined) list.push(`${key}=${value}`);
  return list;
}

export function isInheritedEnvironment(value: object): boolean {
  return value === process.env;
}

let asked: object | undefined;
let answer = false;

function isViewOfEnviron(env: object): boolean {
  if (env !== asked) {
    answer =
      isMainThread && !('bun' in process.versions) && !('deno' in process.versions) && refusesSymbols(env);
    asked = env;
  }
  return answer;
}

/** Node's own object has no room for a symbol; every other object has, unless it is sealed. */
function refusesSymbols(env: object): boolean {
  if (!Object.isExtensible(env)) return false;
  const key = Symbol('forkless');
  try {
    Object.assign(env, { [key]: '' });
    Reflect.deleteProperty(env, key);
    return false;
  } catch {
    return true;
  }
}
