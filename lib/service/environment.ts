import type { Bytes } from '../bytes.js';
import { checkBytes, checkEach, checkObject, invalidArgValue } from '../validate.js';

/** A variable that the service sets, and the option by which it does. */
export interface SetVariable {
  readonly value: string;
  readonly by: string;
}

/**
 * The environment with these variables. `{ ...process.env }` may hold all of them, with the values of this process: those
 * are replaced. Another value was meant, so it is refused.
 * @param given the option `env`; undefined: `process.env`
 */
export function environmentWith(
  given: unknown,
  variables: ReadonlyMap<string, SetVariable>,
): Readonly<Record<string, string | undefined>> | readonly Bytes[] {
  const values = [...variables].map(([key, { value }]) => [key, value] as const);
  if (given === undefined) return { ...process.env, ...Object.fromEntries(values) };
  if (Array.isArray(given)) {
    const kept = checkEach('service.env', given, checkBytes).filter((entry) => !isReplaced(entry, variables));
    return [...kept, ...values.map(([key, value]) => `${key}=${value}`)];
  }
  const env = { ...checkObject('service.env', given) } as Record<string, string | undefined>;
  for (const [key] of values) if (env[key] !== undefined) refuseOther(key, env[key], variables);
  return { ...env, ...Object.fromEntries(values) };
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
