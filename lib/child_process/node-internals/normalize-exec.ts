import type { LooseOptions } from '../../validate.js';
import { copyOptions, isStringWithoutNul } from './option-checks.js';

/**
 * The arguments of `exec`, `execFile` and their synchronous forms, as Node reads them. Returns undefined for invalid
 * input; the caller then calls Node's own function, which throws its error.
 */

export interface ExecCall {
  readonly options: LooseOptions;
  readonly callback: unknown;
}

export function normalizeExec(command: unknown, options: unknown, callback?: unknown): ExecCall | undefined {
  if (!isStringWithoutNul(command)) return undefined;
  const leftOut = typeof options === 'function';
  const given = {
    __proto__: null,
    ...(leftOut ? undefined : (options as LooseOptions)),
  } as unknown as LooseOptions;
  const shell = typeof given['shell'] === 'string' ? given['shell'] : true;
  return {
    options: { __proto__: null, ...given, shell } as unknown as LooseOptions,
    callback: leftOut ? options : callback,
  };
}

type ExecCallback = (error: Error | null, stdout: string | Buffer, stderr: string | Buffer) => void;

export interface ExecFileCall {
  readonly args: unknown;
  readonly options: LooseOptions;
  readonly callback: ExecCallback | undefined;
}

/** `args`, `options` and `callback` may each be left out. */
export function normalizeExecFile(
  args: unknown,
  options: unknown,
  callback: unknown,
): ExecFileCall | undefined {
  if (typeof args === 'function') return checkCall([], undefined, args);
  if (args !== null && typeof args === 'object' && !Array.isArray(args)) return checkCall([], args, options);
  if (typeof options === 'function') return checkCall(args, undefined, options);
  return checkCall(args, options, callback);
}

function checkCall(args: unknown, options: unknown, callback: unknown): ExecFileCall | undefined {
  const given = copyOptions(options ?? undefined);
  if (given === undefined || (callback != null && typeof callback !== 'function')) return undefined;
  const { argv0 } = given;
  if (argv0 !== undefined && argv0 !== null && !isStringWithoutNul(argv0)) return undefined;
  const called = (callback as ExecCallback | null) ?? undefined;
  return { args: Array.isArray(args) ? [...args] : (args ?? []), options: given, callback: called };
}
