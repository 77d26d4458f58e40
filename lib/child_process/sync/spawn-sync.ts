import { noSettings } from '../../attributes/door-defaults.js';
import { parseDropInOptions } from '../../attributes/drop-in.js';
import { builtin } from '../../builtin.js';
import { withFields } from '../../own.js';
import { isPassing } from '../../passing.js';
import type { LooseOptions } from '../../validate.js';
import { nodeChildProcess } from '../node-internals/node-child-process.js';
import { syncStartIsReplaced } from '../node-internals/node-own.js';
import { normalizeSpawn } from '../node-internals/normalize.js';
import { normalizeExec, normalizeExecFile } from '../node-internals/normalize-exec.js';
import { isMaxBuffer, isTimeout, killSignalNumber } from '../node-internals/option-checks.js';
import { callOf } from '../node-internals/spawn-options.js';
import type { SyncResult } from './run.js';
import { runSync } from './run.js';
import type { SyncEntry } from './stdio.js';
import { syncStdio } from './stdio.js';

const { debuglog } = builtin('node:util');

const MAX_BUFFER = 1024 * 1024;
const SIGTERM = 15;
const debug = debuglog('child_process');

export function spawnSync(file: unknown, args?: unknown, options?: unknown): SyncResult {
  return (
    run(file, args, options) ?? Reflect.apply(nodeChildProcess.spawnSync, undefined, [file, args, options])
  );
}

export function execFileSync(file: unknown, args?: unknown, options?: unknown): SyncResult['stdout'] {
  const call = typeof options === 'function' ? undefined : normalizeExecFile(args, options, undefined);
  const result = call && run(file, call.args, call.options);
  if (call === undefined || result === undefined)
    return Reflect.apply(nodeChildProcess.execFileSync, undefined, [file, args, options]);
  const words = [call.options['argv0'] || file, ...(call.args as unknown[])];
  return stdoutOf(result, call.options, words);
}

export function execSync(command: unknown, options?: unknown): SyncResult['stdout'] {
  const call = normalizeExec(command, options);
  const result = call && run(command, call.options, undefined);
  if (call === undefined || result === undefined)
    return Reflect.apply(nodeChildProcess.execSync, undefined, [command, options]);
  return stdoutOf(result, call.options, [command]);
}

/**
 * undefined: Node's own function has to be called with the same arguments. An argument is invalid, or only Node's
 * native code can convert it, or other code has replaced a function that Node's function calls, and would not see the
 * engine's children.
 */
function run(file: unknown, args: unknown, options: unknown): SyncResult | undefined {
  const normalized = normalizeSpawn(file, args, options);
  const texts = normalized && textsOf(normalized.args);
  if (normalized === undefined || texts === undefined) return undefined;
  const { timeout, encoding } = normalized;
  // A `maxBuffer` that is present but undefined replaces the default: no limit.
  const maxBuffer = Object.hasOwn(normalized, 'maxBuffer') ? normalized['maxBuffer'] : MAX_BUFFER;
  const killSignal = killSignalNumber(normalized['killSignal']);
  if (!isTimeout(timeout) || !isMaxBuffer(maxBuffer) || killSignal === null) return undefined;
  const entries = syncStdio(normalized['stdio'] || 'pipe');
  const input = bytesOf(normalized['input'], encoding);
  if (entries === undefined || input === undefined) return undefined;
  const settings = parseDropInOptions(normalized, callOf(normalized, true));
  // Node's own function would ignore these options, so with any of them the engine is used.
  if (settings === noSettings && syncStartIsReplaced()) return undefined;
  if (debug.enabled) debug('spawnSync', { __proto__: null, maxBuffer: MAX_BUFFER, ...normalized });
  return runSync(normalized, texts, entries, inputFor(entries, input), settings, {
    timeout: (timeout as number | null | undefined) ?? 0,
    maxOutput: outputLimit(maxBuffer as number | null | undefined),
    killSignal: killSignal ?? SIGTERM,
  });
}

/**
 * Converts each argument to a string once: a second `toString` may return something else. undefined: one cannot be
 * converted, such as a symbol; Node's native code throws for it.
 */
function textsOf(args: readonly unknown[]): readonly string[] | undefined {
  try {
    return args.map((value) => `${value as string}`);
  } catch (error) {
    if (isPassing(error)) throw error; // Node's function might succeed, and would ignore our options
    return undefined;
  }
}

const nothing = new Uint8Array(0);

/** A falsy value means no input. undefined: invalid. */
function bytesOf(input: unknown, encoding: unknown): Uint8Array | undefined {
  if (!input) return nothing;
  if (typeof input === 'string') return Buffer.from(input, encoding as BufferEncoding);
  if (input instanceof Uint8Array) return input;
  return ArrayBuffer.isView(input)
    ? new Uint8Array(input.buffer, input.byteOffset, input.byteLength)
    : undefined;
}

/** What is written to stdin; undefined if stdin is not a pipe. */
function inputFor(entries: readonly SyncEntry[], input: Uint8Array): Uint8Array | undefined {
  const [first] = entries;
  return first?.type === 'pipe' && first.written ? input : undefined;
}

/** -1: unlimited, as Node treats 0 and undefined. */
function outputLimit(maxBuffer: number | null | undefined): number {
  if (!maxBuffer || maxBuffer > Number.MAX_SAFE_INTEGER) return -1;
  return Math.floor(maxBuffer);
}

/**
 * What `execSync` and `execFileSync` return: stdout. Throws an error with the fields of the result if the child failed.
 */
function stdoutOf(
  result: SyncResult,
  { stdio }: LooseOptions,
  words: readonly unknown[],
): SyncResult['stdout'] {
  const { status, stderr, stdout } = result;
  if (!stdio && stderr) process.stderr.write(stderr);
  if (Object.hasOwn(result, 'error')) throw withFields(result.error as Error, result);
  if (status === 0) return stdout;
  const details = stderr && stderr.length > 0 ? `\n${stderr.toString()}` : '';
  throw withFields(new Error(`Command failed: ${words.join(' ')}${details}`), result);
}
