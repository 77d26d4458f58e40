import type { NativeHandle, StdioEntry } from '../node-internals/inner-handle.js';

/** An entry of stdio of a synchronous function. */
export interface SyncEntry extends StdioEntry {
  /** `input` is written to this pipe; other pipes are read. */
  readonly written?: boolean;
}

/**
 * `options.stdio` as Node reads it for its synchronous functions; undefined if it is invalid. As in Node, a typed array
 * or an unknown string adds no entry and the following entries move up: the result may be shorter than what was given.
 */
export function syncStdio(value: unknown): SyncEntry[] | undefined {
  const given = typeof value === 'string' ? shortcuts.get(value) : value;
  if (!Array.isArray(given)) return undefined;
  // This changes the caller's array, as Node does.
  while (given.length < STANDARD_STREAMS) given.push(undefined);
  const entries: SyncEntry[] = [];
  let valid = true;
  given.forEach((entry: unknown, index) => {
    const parsed = parseEntry(entry ?? (index < STANDARD_STREAMS ? 'pipe' : 'ignore'), index);
    if (parsed === 'invalid') valid = false;
    else if (parsed !== 'skip') entries.push(parsed);
  });
  return valid ? entries : undefined;
}

const STANDARD_STREAMS = 3;

const shortcuts: ReadonlyMap<string, readonly unknown[]> = new Map([
  ['ignore', ['ignore', 'ignore', 'ignore']],
  ['overlapped', ['pipe', 'pipe', 'pipe']],
  ['pipe', ['pipe', 'pipe', 'pipe']],
  ['inherit', [0, 1, 2]],
]);

type Fields = { readonly fd?: unknown; readonly handle?: unknown; readonly _handle?: unknown };

/** `skip`: Node adds no entry for it. */
function parseEntry(entry: NonNullable<unknown>, index: number): SyncEntry | 'invalid' | 'skip' {
  if (entry === 'ignore') return { type: 'ignore' };
  if (entry === 'pipe' || entry === 'overlapped' || (typeof entry === 'number' && entry < 0))
    return { type: 'pipe', written: index === 0 };
  if (entry === 'ipc') return 'invalid';
  if (entry === 'inherit') return { type: 'inherit', fd: index };
  if (typeof entry === 'number') return { type: 'fd', fd: entry };
  const { fd, handle, _handle } = entry as Fields;
  if (typeof fd === 'number') return { type: 'fd', fd };
  const native = [handle, _handle].find(isNativeHandle);
  if (native !== undefined) return { type: 'wrap', handle: native };
  return typeof entry === 'string' || ArrayBuffer.isView(entry) ? 'skip' : 'invalid';
}

const nativeNames: ReadonlySet<unknown> = new Set(['Pipe', 'TTY', 'TCP', 'UDP']);

function isNativeHandle(value: unknown): value is NativeHandle {
  if (typeof value !== 'object' || value === null) return false;
  const { fd } = value as { fd?: unknown };
  return typeof fd === 'number' && nativeNames.has(value.constructor?.name);
}
