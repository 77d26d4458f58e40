import { builtin } from '../../builtin.js';
import { isPassing } from '../../passing.js';
import type { LooseOptions } from '../../validate.js';

const { constants } = builtin('node:os');
const { fileURLToPath } = builtin('node:url');
const { types } = builtin('node:util');

/**
 * Which values Node accepts. None of these functions throws: where a value is invalid, the caller calls Node's own
 * function, which throws Node's error.
 */

/** A copy without a prototype, so that nothing on `Object.prototype` is read as an option. undefined: not an object. */
export function copyOptions(options: unknown): LooseOptions | undefined {
  if (options === undefined) return { __proto__: null } as unknown as LooseOptions;
  if (options === null || typeof options !== 'object' || Array.isArray(options)) return undefined;
  return { __proto__: null, ...options } as unknown as LooseOptions;
}

export function isStringWithoutNul(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0');
}

/** Node looks for NUL in strings only. */
export function hasNoNul(value: unknown): boolean {
  return typeof value !== 'string' || !value.includes('\0');
}

export function isAbsentOrBoolean(value: unknown): boolean {
  return value == null || typeof value === 'boolean';
}

export function isInt32(value: unknown): boolean {
  return typeof value === 'number' && (value | 0) === value;
}

export function isTimeout(value: unknown): boolean {
  return value == null || (Number.isSafeInteger(value) && (value as number) >= 0);
}

export function isMaxBuffer(value: unknown): boolean {
  return value == null || (typeof value === 'number' && value >= 0);
}

/** undefined: not given. null: not a signal. Node accepts names in upper and lower case. */
export function killSignalNumber(value: unknown): number | undefined | null {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') return signalNumbers.has(value) ? value : null;
  if (typeof value !== 'string') return null;
  return constants.signals[value.toUpperCase() as NodeJS.Signals] ?? null;
}

const signalNumbers: ReadonlySet<unknown> = new Set(Object.values(constants.signals));

/** A string, bytes, or a file URL, as in `node:fs`. undefined: something else, or it has a NUL. */
export function toPath(value: unknown): unknown {
  const path = isUrl(value) ? urlToPath(value) : value;
  if (typeof path === 'string') return isStringWithoutNul(path) ? path : undefined;
  return types.isUint8Array(path) && !path.includes(0) ? path : undefined;
}

/** By its properties, as in Node: URL classes of other realms and of packages count too. */
function isUrl(value: unknown): value is URL {
  if (typeof value !== 'object' || value === null) return false;
  const { href, protocol, auth, path } = value as Record<string, unknown>;
  return Boolean(href && protocol) && auth === undefined && path === undefined;
}

function urlToPath(url: URL): string | undefined {
  try {
    return fileURLToPath(url);
  } catch (error) {
    if (isPassing(error)) throw error;
    return undefined;
  }
}
