import { types } from 'node:util';
import { isMainThread } from 'node:worker_threads';
import type { PlanEnvironment } from '../plan/vocabulary.js';
import { checkBytes, checkEach, checkObject, invalidArgType, invalidArgValue } from '../validate.js';

/**
 * What the child gets as its environment.
 *
 * Reading `process.env` costs half a microsecond a variable. On the main thread of Node it is a view of the C
 * library's `environ`, so there the engine copies that. A Worker has its own, and a program may have put another
 * object in its place: those are read as any object.
 *
 * A Worker made with `SHARE_ENV` changes the same `environ`, and may do so in the middle of the engine's copy. Which
 * Workers are such nobody tells: so the first Worker ends the copying, and `process.env`, which has a lock, is read.
 */
export function parseEnvironment(value: unknown): PlanEnvironment {
  if (Array.isArray(value)) return checkEach('options.env', value, checkBytes);
  const env = value === undefined ? process.env : checkObject('options.env', value);
  if (env === process.env && isViewOfEnviron(env)) return 'environ';
  return variablesOf(value === undefined ? 'process.env' : 'options.env', env);
}

function variablesOf(name: string, env: object): readonly string[] {
  const list: string[] = [];
  for (const [key, value] of Object.entries(env) as [string, unknown][]) {
    if (value === undefined) continue;
    if (typeof value !== 'string') throw invalidArgType(`${name}.${key}`, 'of type string', value);
    if (key.includes('=')) throw invalidArgValue(name, key, 'must have keys without "="');
    const variable = `${key}=${value}`;
    if (variable.includes('\0')) throw invalidArgValue(`${name}.${key}`, value, 'must be without null bytes');
    list.push(variable);
  }
  return list;
}

let workers = !isMainThread;
if (isMainThread)
  process.once('worker', () => {
    workers = true;
  });

let asked: object | undefined;
let answer = false;

function isViewOfEnviron(env: object): boolean {
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
