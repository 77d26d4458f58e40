import { invalidArgValue } from '../../validate.js';
import { nodeChildProcess } from './node-child-process.js';
import { isNodesOwn } from './node-own.js';

/** An invalid `stdio`. Node checks `stdio` last, and throws before it makes anything. */
const INVALID_STDIO = 'explained only';

/**
 * Throws the error that Node's own `spawn` throws for these arguments. Nothing must be started, whatever they are: so
 * `spawn` is called with an invalid `stdio`, and is not called if other code has replaced it.
 */
export function throwRefusal(file: unknown, args: unknown, options: unknown): never {
  if (isNodesOwn(nodeChildProcess.spawn)) {
    const leftOut = typeof args === 'object' && args !== null && !Array.isArray(args);
    const call = leftOut ? [file, withInvalidStdio(args)] : [file, args, withInvalidStdio(options)];
    try {
      Reflect.apply(nodeChildProcess.spawn, undefined, call);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.includes(INVALID_STDIO)) throw error;
    }
  }
  throw invalidArgValue('options', options, 'is not accepted by spawn');
}

/** Anything that is not an object is returned as it is: Node rejects it. */
function withInvalidStdio(options: unknown): unknown {
  const isOptions = options === undefined || (typeof options === 'object' && options !== null);
  return isOptions && !Array.isArray(options) ? { ...options, stdio: INVALID_STDIO } : options;
}
