// The synchronous functions of one door, and what came of a call of them.
import { expect } from 'chai';
import type { ErrorDescription } from './describe-value.js';
import { describeError, describeValue } from './describe-value.js';
import type { Door } from './oracle.js';

type Loose = (...args: readonly unknown[]) => unknown;

export interface SyncDoor {
  readonly spawnSync: (...args: readonly unknown[]) => SyncResult;
  readonly execSync: Loose;
  readonly execFileSync: Loose;
}

export interface SyncResult {
  error?: NodeJS.ErrnoException;
  status: number | null;
  signal: string | null;
  output: (Buffer | string | null)[] | null;
  pid: number;
  stdout: Buffer | string | null | undefined;
  stderr: Buffer | string | null | undefined;
}

export function syncOf(cp: Door): SyncDoor {
  return cp.module as unknown as SyncDoor;
}

/** What a call gave: a value, or an error that it threw. */
export type Observed =
  | { readonly value: unknown; readonly keys: readonly string[] }
  | { readonly thrown: ErrorDescription };

/** A pid is another in each run; only whether there is one can be compared. */
export function observe(call: () => unknown): Observed {
  let value: unknown;
  try {
    value = call();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const fields = error as { error?: unknown; pid?: unknown };
    if (fields.error === error) fields.error = 'itself';
    if (fields.pid) fields.pid = 'a pid';
    return { thrown: describeError(error) };
  }
  const isObject = typeof value === 'object' && value !== null && !Buffer.isBuffer(value);
  const keys = isObject ? Object.keys(value as object) : [];
  if (!isObject || !('pid' in (value as object))) return { value: describeValue(value), keys };
  const { pid, ...rest } = value as SyncResult;
  return { value: describeValue({ ...rest, pid: pid > 0 ? 'a pid' : pid }), keys };
}

/** A run of `spawnSync` that ended so. Buffers and strings both compare as text. */
export function gave(expected: {
  readonly status?: number | null;
  readonly signal?: string | null;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly error?: string;
}) {
  return (observed: Observed): void => {
    if (!('value' in observed)) throw new Error(`thrown: ${observed.thrown.message}`);
    const { status, signal, stdout, stderr, error } = observed.value as Record<string, unknown>;
    const code = (error as ErrorDescription | undefined)?.code;
    const got = { status, signal, stdout: textOf(stdout), stderr: textOf(stderr), error: code };
    expect(got).to.include({ status: 0, signal: null, ...expected });
    if (expected.error === undefined) expect(code).to.equal(undefined);
  };
}

export function threw(code: string | undefined, message?: RegExp) {
  return (observed: Observed): void => {
    if (!('thrown' in observed)) throw new Error(`nothing thrown: ${JSON.stringify(observed)}`);
    expect(observed.thrown.code).to.equal(code);
    if (message !== undefined) expect(observed.thrown.message).to.match(message);
  };
}

/** `execSync` and `execFileSync` gave this. */
export function returned(text: string | null) {
  return (observed: Observed): void => {
    if (!('value' in observed)) throw new Error(`thrown: ${observed.thrown.message}`);
    expect(textOf(observed.value)).to.equal(text);
  };
}

function textOf(shown: unknown): unknown {
  return typeof shown === 'string' ? shown.replace(/^Buffer '(.*)'$/s, '$1') : shown;
}
