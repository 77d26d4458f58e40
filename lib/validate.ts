import { builtin } from './builtin.js';
import type { Bytes } from './bytes.js';
import { withFields } from './own.js';

const { inspect, types } = builtin('node:util');
/** Unlike `instanceof`, also of another realm. */
export const { isUint8Array } = types;

/** Options as the caller passed them, unchecked. */
export type LooseOptions = Readonly<Record<string, unknown>>;

/** Errors of invalid arguments in Node's form: class, `code`, and a message that shows the value. */

type Code = 'ERR_INVALID_ARG_TYPE' | 'ERR_INVALID_ARG_VALUE' | 'ERR_OUT_OF_RANGE' | 'ERR_UNKNOWN_SIGNAL';

function withCode<E extends Error>(error: E, code: Code): E {
  return withFields(error, { code });
}

function received(value: unknown): string {
  if (value === null || value === undefined) return `Received ${String(value)}`;
  if (typeof value === 'function') return `Received function ${value.name}`;
  if (typeof value === 'object') {
    const name = classOf(value);
    return name ? `Received an instance of ${name}` : `Received ${inspect(value, { depth: -1 })}`;
  }
  const shown = inspect(value, { colors: false });
  return `Received type ${typeof value} (${shown.length > 28 ? `${shown.slice(0, 25)}...` : shown})`;
}

/** undefined if a getter or proxy of the caller throws: its error must not replace the one that is being made. */
function classOf(value: object): unknown {
  try {
    return (value as { constructor?: { name?: unknown } }).constructor?.name;
  } catch {
    return undefined;
  }
}

/** `name` is 'argv', 'options.cwd' or 'options.fds[3]'; with a dot or a bracket it is a property, as in Node. */
function subject(name: string): string {
  return `The "${name}" ${/[.[]/.test(name) ? 'property' : 'argument'}`;
}

export function invalidArgType(name: string, expected: string, value: unknown): TypeError {
  const message = `${subject(name)} must be ${expected}. ${received(value)}`;
  return withCode(new TypeError(message), 'ERR_INVALID_ARG_TYPE');
}

export function invalidArgValue(name: string, value: unknown, reason: string): TypeError {
  const shown = inspect(value);
  const short = shown.length > 128 ? `${shown.slice(0, 128)}...` : shown;
  const message = `${subject(name)} ${reason}. Received ${short}`;
  return withCode(new TypeError(message), 'ERR_INVALID_ARG_VALUE');
}

export function outOfRange(name: string, range: string, value: unknown): RangeError {
  const message = `The value of "${name}" is out of range. It must be ${range}. Received ${inspect(value)}`;
  return withCode(new RangeError(message), 'ERR_OUT_OF_RANGE');
}

export function unknownSignal(value: unknown): TypeError {
  return withCode(new TypeError(`Unknown signal: ${String(value)}`), 'ERR_UNKNOWN_SIGNAL');
}

/**
 * Checks every entry; the error names the index of an invalid one. The name with the index is made only then, not for
 * each of perhaps thousands of entries.
 */
export function checkEach<T>(
  name: string,
  value: unknown,
  check: (name: string, entry: unknown) => T,
): readonly T[] {
  const list = checkArray(name, value);
  const checked: T[] = [];
  // Read once: a getter of the caller's may make the array grow meanwhile.
  const { length } = list;
  let index = 0;
  try {
    for (; index < length; index++) checked.push(check(name, list[index]));
  } catch (error) {
    check(`${name}[${index}]`, list[index]);
    throw error;
  }
  return checked;
}

export function checkInteger(name: string, value: unknown, lowest: number, highest: number): number {
  if (typeof value !== 'number') throw invalidArgType(name, 'of type number', value);
  if (!Number.isInteger(value)) throw outOfRange(name, 'an integer', value);
  if (value < lowest || value > highest) throw outOfRange(name, `>= ${lowest} && <= ${highest}`, value);
  return value;
}

/** No descriptor has a higher number. */
export const HIGHEST_FD = 0x7fffffff;

/** A descriptor number, 0 … 2³¹−1. Only the child finds out whether it is open. */
export function checkFd(name: string, value: unknown): number {
  return checkInteger(name, value, 0, HIGHEST_FD);
}

export function checkBoolean(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw invalidArgType(name, 'of type boolean', value);
  return value;
}

/** A string or bytes without NUL. Bytes are copied, because the caller may change them. */
export function checkBytes(name: string, value: unknown): Bytes {
  if (typeof value === 'string') return checkString(name, value);
  if (isUint8Array(value)) {
    // Checks the copy: the caller may change the original, or its class may override methods.
    const copy = copyOf(name, value);
    if (copy.includes(0)) throw invalidArgValue(name, value, 'must be bytes without null bytes');
    return copy;
  }
  throw invalidArgType(name, 'of type string or an instance of Uint8Array', value);
}

/** Throws if the buffer of the view was transferred, or has become too small. */
function copyOf(name: string, bytes: Uint8Array): Uint8Array {
  try {
    return new Uint8Array(bytes);
  } catch {
    throw invalidArgValue(name, bytes, 'must not be detached');
  }
}

export function checkString(name: string, value: unknown): string {
  if (typeof value !== 'string') throw invalidArgType(name, 'of type string', value);
  if (value.includes('\0')) throw invalidArgValue(name, value, 'must be a string without null bytes');
  return value;
}

function checkArray(name: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw invalidArgType(name, 'an instance of Array', value);
  return value as readonly unknown[];
}

export function checkObject(name: string, value: unknown): Readonly<Record<string, unknown>> {
  // By its tag: a Map or a Date is an object too, but not one with options.
  if (typeof value !== 'object' || Object.prototype.toString.call(value) !== '[object Object]')
    throw invalidArgType(name, 'of type object', value);
  return value as Readonly<Record<string, unknown>>;
}

/**
 * A copy of the own properties, without a prototype: each getter runs once, and what other code has put on
 * Object.prototype is no option.
 */
export function copyOfObject(name: string, value: unknown): LooseOptions {
  return { __proto__: null, ...checkObject(name, value) } as LooseOptions;
}
