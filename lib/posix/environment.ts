import { isOwnEnvironment } from '../engine/environ.js';
import type { PlanEnvironment } from '../plan/vocabulary.js';
import { checkBytes, checkEach, checkObject, invalidArgType, invalidArgValue } from '../validate.js';

/** The child's environment. */
export function parseEnvironment(value: unknown): PlanEnvironment {
  if (Array.isArray(value)) return checkEach('options.env', value, checkBytes);
  const env = value === undefined ? process.env : checkObject('options.env', value);
  if (isOwnEnvironment(env)) return 'environ';
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
