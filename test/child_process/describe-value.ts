// What was observed, without what differs from run to run: a value that can be compared with deep equality.
import { ChildProcess } from 'node:child_process';
import { SpawnError } from 'forkless';

export interface ErrorDescription {
  readonly class: string;
  readonly name: string;
  readonly code: unknown;
  readonly message: string;
  readonly firstLineOfStack: string;
  readonly ownKeys: readonly string[];
  readonly hiddenKeys: readonly string[];
  readonly fields: Readonly<Record<string, unknown>>;
  readonly cause: unknown;
}

/** Names that `tempPath` made: each is another. */
const temporary = /\/\S*forkless-\w{6}\/\d+-/g;

/** Errors by all that they have, buffers by their bytes, other objects of a class by its name. */
export function describeValue(value: unknown): unknown {
  if (value instanceof Error) return describeError(value);
  if (typeof value === 'string') return value.replaceAll(temporary, 'TEMPORARY/');
  if (typeof value === 'function') return `function ${value.name}(${value.length})`;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof ChildProcess) return 'a ChildProcess';
  if (value instanceof Uint8Array)
    return `${value.constructor.name} '${Buffer.from(value).toString('latin1')}'`;
  if (Array.isArray(value)) return value.map(describeValue);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return `a ${value.constructor.name}`;
  const fields = Object.entries(value).map(([key, field]) => [key, describeValue(field)]);
  return { ...(prototype === null && { '': 'no prototype' }), ...Object.fromEntries(fields) };
}

/** A SpawnError as the cause is what ours have more, and is left out. */
export function describeError(error: Error): ErrorDescription {
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  const more = cause instanceof SpawnError;
  const ownKeys = Object.keys(error);
  const hidden = Object.getOwnPropertyNames(error).filter((key) => !ownKeys.includes(key));
  return {
    class: error.constructor.name,
    name: error.name,
    code,
    message: error.message.replaceAll(temporary, 'TEMPORARY/'),
    firstLineOfStack: (String(error.stack).split('\n', 1)[0] ?? '').replaceAll(temporary, 'TEMPORARY/'),
    ownKeys,
    hiddenKeys: hidden.filter((key) => key !== 'cause' || !more).sort(),
    fields: Object.fromEntries(
      Object.entries(error)
        .filter(([key]) => key !== 'stack')
        .map(([key, field]) => [key, describeValue(field)]),
    ),
    cause: more ? undefined : describeValue(cause),
  };
}
