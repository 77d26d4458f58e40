import type { Bytes } from '../bytes.js';
import type { LooseOptions } from '../validate.js';
import { checkBytes, checkEach, checkObject, copyOfObject, invalidArgValue } from '../validate.js';

/** A variable that the service sets, and the option by which it does. */
export interface SetVariable {
  readonly value: string;
  readonly by: string;
}

/** A copy of the option `env`. */
export type CopyEnvironment = (given: unknown) => LooseOptions | readonly Bytes[];

/** As `posixSpawn` reads it: an array, or own properties. */
export function copyForPosix(given: unknown): LooseOptions | readonly Bytes[] {
  if (given === undefined) return { ...process.env };
  return Array.isArray(given)
    ? checkEach('service.env', given, checkBytes)
    : copyOfObject('service.env', given);
}

/** As Node reads it: what is inherited counts, as in `Object.create(process.env)`. */
export function copyForSpawn(given: unknown): LooseOptions {
  const env: Record<string, unknown> = { __proto__: null };
  const source = given === undefined ? process.env : checkObject('service.env', given);
  for (const key in source) env[key] = source[key];
  return env;
}

/**
 * The environment with these variables. `{ ...process.env }` may hold all of them, with the values of this process: those
 * are replaced. Another value was meant, so it is refused.
 */
export function environmentWith(
  env: LooseOptions | readonly Bytes[],
  variables: ReadonlyMap<string, SetVariable>,
): LooseOptions | readonly Bytes[] {
  const values = [...variables].map(([key, { value }]) => [key, value] as const);
  if (isList(env)) {
    const kept = env.filter((entry) => !isReplaced(entry, variables));
    return [...kept, ...values.map(([key, value]) => `${key}=${value}`)];
  }
  for (const [key] of values) if (env[key] !== undefined) refuseOther(key, env[key], variables);
  return { ...env, ...Object.fromEntries(values) };
}

function isList(env: LooseOptions | readonly Bytes[]): env is readonly Bytes[] {
  return Array.isArray(env);
}

function isReplaced(entry: Bytes, variables: ReadonlyMap<string, SetVariable>): boolean {
  const text = typeof entry === 'string' ? entry : Buffer.from(entry).toString();
  const end = text.indexOf('=');
  const key = text.slice(0, end);
  if (end < 0 || !variables.has(key)) return false;
  refuseOther(key, text.slice(end + 1), variables);
  return true;
}

function refuseOther(key: string, value: unknown, variables: ReadonlyMap<string, SetVariable>): void {
  const set = variables.get(key);
  if (set !== undefined && value !== set.value && value !== process.env[key])
    throw invalidArgValue(`service.env.${key}`, value, `excludes \`${set.by}\`, which sets the variable`);
}
