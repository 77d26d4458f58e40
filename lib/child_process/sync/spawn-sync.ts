import { debuglog } from 'node:util';
import { withFields } from '../../own.js';
import { normalizeExec, normalizeExecFile } from '../async/exec.js';
import { noExtras, parseExtras } from '../extras.js';
import { stock } from '../node-internals/node-child-process.js';
import { syncStartIsReplaced } from '../node-internals/node-own.js';
import type { Loose } from '../node-internals/normalize.js';
import { isMaxBuffer, isTimeout, killSignalNumber, normalizeSpawn } from '../node-internals/normalize.js';
import type { DropInModule } from '../types.js';
import type { SyncResult } from './run.js';
import { runSync } from './run.js';
import type { SyncEntry } from './stdio.js';
import { syncStdio } from './stdio.js';

const MAX_BUFFER = 1024 * 1024;
const SIGTERM = 15;
const debug = debuglog('child_process');

export const spawnSync = function spawnSync(file: unknown, args: unknown, options: unknown): unknown {
  return run(file, args, options) ?? Reflect.apply(stock.spawnSync, undefined, [file, args, options]);
} as unknown as DropInModule['spawnSync'];

export const execFileSync = function execFileSync(file: unknown, args: unknown, options: unknown): unknown {
  const call = typeof options === 'function' ? undefined : normalizeExecFile(args, options, undefined);
  const result = call && run(file, call.args, call.options);
  if (call === undefined || result === undefined)
    return Reflect.apply(stock.execFileSync, undefined, [file, args, options]);
  const words = [call.options['argv0'] || file, ...(call.args as unknown[])];
  return stdoutOf(result, call.options, words);
} as unknown as DropInModule['execFileSync'];

export const execSync = function execSync(command: unknown, options: unknown): unknown {
  const call = normalizeExec(command, options);
  const result = call && run(command, call.options, undefined);
  if (call === undefined || result === undefined)
    return Reflect.apply(stock.execSync, undefined, [command, options]);
  return stdoutOf(result, call.options, [command]);
} as unknown as DropInModule['execSync'];

/** undefined: an argument is wrong, Node alone knows what to make of it, or other code wants to see Node's starts. */
function run(file: unknown, args: unknown, options: unknown): SyncResult | undefined {
  const normalized = normalizeSpawn(file, args, options);
  const texts = normalized && textsOf(normalized.args);
  if (normalized === undefined || texts === undefined) return undefined;
  const { timeout, encoding } = normalized;
  // an option that is there without a value takes the place of the usual one
  const maxBuffer = Object.hasOwn(normalized, 'maxBuffer') ? normalized['maxBuffer'] : MAX_BUFFER;
  const killSignal = killSignalNumber(normalized['killSignal']);
  if (!isTimeout(timeout) || !isMaxBuffer(maxBuffer) || killSignal === null) return undefined;
  const entries = syncStdio(normalized['stdio'] || 'pipe');
  const input = bytesOf(normalized['input'], encoding);
  if (entries === undefined || input === undefined) return undefined;
  const extras = parseExtras(normalized);
  // Node's own function would ignore these options: who names them means the engine.
  if (extras === noExtras && syncStartIsReplaced()) return undefined;
  if (debug.enabled) debug('spawnSync', { __proto__: null, maxBuffer: MAX_BUFFER, ...normalized });
  return runSync(normalized, texts, entries, writtenTo(entries, input), extras, {
    timeout: (timeout as number | null | undefined) ?? 0,
    maxOutput: outputLimit(maxBuffer as number | null | undefined),
    killSignal: killSignal ?? SIGTERM,
  });
}

/**
 * Each is made a string once: what it says the second time may be another thing. undefined: one cannot be made a
 * string, such as a symbol, and Node throws in its native code.
 */
function textsOf(args: readonly unknown[]): readonly string[] | undefined {
  try {
    return args.map((value) => `${value as string}`);
  } catch {
    return undefined;
  }
}

const nothing = new Uint8Array(0);

/** undefined: wrong. What is falsy is no input. */
function bytesOf(input: unknown, encoding: unknown): Uint8Array | undefined {
  if (!input) return nothing;
  if (typeof input === 'string') return Buffer.from(input, encoding as BufferEncoding);
  if (input instanceof Uint8Array) return input;
  return ArrayBuffer.isView(input)
    ? new Uint8Array(input.buffer, input.byteOffset, input.byteLength)
    : undefined;
}

/** undefined: there is no pipe for it. */
function writtenTo(entries: readonly SyncEntry[], input: Uint8Array): Uint8Array | undefined {
  const [first] = entries;
  return first?.type === 'pipe' && first.written ? input : undefined;
}

/** 0 is no limit in Node; nor is an option that is there without a value. A fraction of a byte is none. */
function outputLimit(maxBuffer: number | null | undefined): number {
  if (!maxBuffer || maxBuffer > Number.MAX_SAFE_INTEGER) return -1;
  return Math.floor(maxBuffer);
}

/** The ending of `execSync` and `execFileSync`: stdout, or an error with all that is known. */
function stdoutOf(result: SyncResult, { stdio }: Loose, words: readonly unknown[]): SyncResult['stdout'] {
  const { status, stderr, stdout } = result;
  if (!stdio && stderr) process.stderr.write(stderr);
  if (Object.hasOwn(result, 'error')) throw withFields(result.error as Error, result);
  if (status === 0) return stdout;
  const told = stderr && stderr.length > 0 ? `\n${stderr.toString()}` : '';
  throw withFields(new Error(`Command failed: ${words.join(' ')}${told}`), result);
}
