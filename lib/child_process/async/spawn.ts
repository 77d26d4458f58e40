import type { ChildProcess } from 'node:child_process';
import { addAbortListener } from 'node:events';
import { debuglog } from 'node:util';
import { listenError } from '../../engine/children.js';
import { abortError } from '../../errors.js';
import { noExtras, parseExtras } from '../extras.js';
import { callSpawn, createChild } from '../node-internals/inner-handle.js';
import { stock } from '../node-internals/node-child-process.js';
import { withCause } from '../node-internals/node-errors.js';
import { asyncStartIsReplaced } from '../node-internals/node-own.js';
import type { NormalizedSpawn } from '../node-internals/normalize.js';
import { isTimeout, killSignalNumber, normalizeSpawn } from '../node-internals/normalize.js';
import { habits } from '../node-internals/this-node.js';
import type { DropInModule } from '../types.js';
import type { MoreOfChild } from './process-handle.js';
import { Process } from './process-handle.js';
import { clearTimeout, setTimeout } from './timers.js';

/** What a child of ours tells besides Node's own fields. */
const moreFields = {
  pidfd: { __proto__: null, value: -1, writable: true },
  resourceUsage: { __proto__: null, value: null, writable: true },
} as PropertyDescriptorMap;
const debug = debuglog('child_process');

export const spawn = function spawn(file: unknown, args: unknown, options: unknown): ChildProcess {
  return trySpawn(file, args, options) ?? Reflect.apply(stock.spawn, undefined, [file, args, options]);
} as unknown as DropInModule['spawn'];

/** undefined: Node's own function has to be called. It says what is wrong, or other code wants to see its starts. */
export function trySpawn(file: unknown, args: unknown, options: unknown): ChildProcess | undefined {
  const normalized = normalizeSpawn(file, args, options);
  return normalized && start(normalized);
}

/**
 * undefined: an option is wrong, other code wants to see what Node's own function starts, or that one alone can hear of
 * an end here.
 */
function start(options: NormalizedSpawn): ChildProcess | undefined {
  const { signal, timeout } = options;
  const killSignal = killSignalNumber(options['killSignal']);
  if (!isTimeout(timeout) || killSignal === null || !isAbsentOrSignal(signal)) return undefined;
  const extras = parseExtras(options);
  // Node's own function would ignore these options: who names them means the engine.
  if (extras === noExtras && (asyncStartIsReplaced() || listenError() !== 0)) return undefined;
  debug('spawn', options);

  const handle = new Process(extras);
  const child = createChild(handle);
  // not enumerable: to whoever looks at its keys a child of ours is one of Node's
  Object.defineProperties(child, moreFields);
  handle.tellMore(child as ChildProcess & MoreOfChild);
  try {
    callSpawn(child, options);
  } catch (error) {
    if (error instanceof Error) withCause(error, handle.cause);
    throw error;
  }
  if (typeof timeout === 'number' && timeout > 0) killAfter(timeout, child, killSignal);
  if (signal !== undefined && signal !== null) killOnAbort(signal, child, killSignal);
  return child;
}

/** By its look, as in Node. */
function isAbsentOrSignal(value: unknown): value is AbortSignal | undefined {
  return value === undefined || (typeof value === 'object' && value !== null && 'aborted' in value);
}

function killAfter(timeout: number, child: ChildProcess, killSignal: number | undefined): void {
  const timer = setTimeout(() => {
    try {
      child.kill(killSignal);
    } catch (error) {
      child.emit('error', error as Error);
    }
  }, timeout);
  // of a start that failed there is no 'exit': where Node waits for that, it holds the program for nothing
  const end = child.pid === undefined ? 'close' : habits().timeoutEndsAt;
  child.once(end, () => clearTimeout(timer));
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
