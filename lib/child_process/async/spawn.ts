import type { ChildProcess } from 'node:child_process';
import { noSettings } from '../../attributes/door-defaults.js';
import { parseDropInOptions } from '../../attributes/drop-in.js';
import { builtin } from '../../builtin.js';
import { startListening } from '../../engine/children.js';
import { abortError } from '../../errors.js';
import { callSpawn, createChild } from '../node-internals/inner-handle.js';
import { nodeChildProcess } from '../node-internals/node-child-process.js';
import { withCause } from '../node-internals/node-errors.js';
import { asyncStartIsReplaced } from '../node-internals/node-own.js';
import type { NormalizedSpawn } from '../node-internals/normalize.js';
import { normalizeSpawn } from '../node-internals/normalize.js';
import { killSignalNumber } from '../node-internals/option-checks.js';
import { abortSignalOf, areSpawnOptions, callOf } from '../node-internals/spawn-options.js';
import { nodeQuirks } from '../node-internals/this-node.js';
import type { MoreOfChild } from './process-handle.js';
import { ProcessHandle } from './process-handle.js';
import { clearTimeout, setTimeout } from './timers.js';

const { addAbortListener } = builtin('node:events');
const { debuglog } = builtin('node:util');

/**
 * `MoreOfChild` of a child that has not been started yet. Values, not accessors: accessors would give each ChildProcess a
 * hidden class of its own, which is slow (see `ChildWithoutHandle`).
 */
const initialPidfd = { __proto__: null, value: -1, writable: true } as PropertyDescriptor;
const initialUsage = { __proto__: null, value: null, writable: true } as PropertyDescriptor;
const { defineProperty } = Object;
const debug = debuglog('child_process');

export function spawn(file: unknown, args?: unknown, options?: unknown): ChildProcess {
  return (
    trySpawn(file, args, options) ?? Reflect.apply(nodeChildProcess.spawn, undefined, [file, args, options])
  );
}

/**
 * undefined: Node's own function has to be called with the same arguments. Either an argument is invalid and Node's
 * function throws its error, or the engine must not be used: see `startNormalized`.
 */
export function trySpawn(file: unknown, args: unknown, options: unknown): ChildProcess | undefined {
  const normalized = normalizeSpawn(file, args, options);
  return normalized && startNormalized(normalized);
}

/**
 * undefined: an option is invalid; other code has replaced a function that Node's `spawn` calls, and would not see the
 * engine's children; or this thread cannot receive the engine's events.
 */
function startNormalized(options: NormalizedSpawn): ChildProcess | undefined {
  if (!areSpawnOptions(options)) return undefined;
  const { timeout } = options;
  const killSignal = killSignalNumber(options['killSignal']) ?? undefined;
  const signal = abortSignalOf(options);
  const settings = parseDropInOptions(options, callOf(options, false));
  // Node's own function would ignore these options, so with any of them the engine is used.
  if (settings === noSettings && (asyncStartIsReplaced() || startListening() !== 0)) return undefined;
  debug('spawn', options);

  const handle = new ProcessHandle(settings);
  const child = createChild(handle);
  // Not enumerable: the keys of a child are the same as those of Node's.
  defineProperty(child, 'pidfd', initialPidfd);
  defineProperty(child, 'resourceUsage', initialUsage);
  handle.updateFields(child as ChildProcess & MoreOfChild);
  try {
    callSpawn(child, options);
  } catch (error) {
    if (error instanceof Error) withCause(error, handle.cause);
    throw error;
  }
  if (typeof timeout === 'number' && timeout > 0)
    handle.onLateFailure = killAfter(timeout, child, killSignal);
  if (signal !== undefined) killOnAbort(signal, child, killSignal);
  return child;
}

/** Returns what ends the timeout. */
function killAfter(timeout: number, child: ChildProcess, killSignal: number | undefined): () => void {
  const timer = setTimeout(() => {
    try {
      child.kill(killSignal);
    } catch (error) {
      child.emit('error', error as Error);
    }
  }, timeout);
  // A child that could not be started emits no 'exit', only 'close': waiting for 'exit' would keep the program running
  // until the timeout, as some versions of Node do.
  const end = child.pid === undefined ? 'close' : nodeQuirks().timeoutEndsAt;
  const stop = (): void => clearTimeout(timer);
  child.once(end, stop);
  return stop;
}

function killOnAbort(signal: AbortSignal, child: ChildProcess, killSignal: number | undefined): void {
  const abort = (): void => {
    try {
      if (child.kill(killSignal)) child.emit('error', abortError(signal));
    } catch (error) {
      child.emit('error', error as Error);
    }
  };
  if (signal.aborted) {
    process.nextTick(abort);
    return;
  }
  const listener = addAbortListener(signal, abort);
  child.once('exit', listener[Symbol.dispose]);
}
