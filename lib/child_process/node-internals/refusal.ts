import { invalidArgValue } from '../../validate.js';
import { nodeChildProcess } from './node-child-process.js';
import { isNodesOwn } from './node-own.js';

/** No value of `stdio`: Node looks at that last, and refuses it before it makes anything. */
const NO_STDIO = 'explained only';

/**
 * Throws what Node's own `spawn` says of these arguments. It must not start anything, whatever they are: so it is never
 * given a `stdio` that it would take, and a function that other code has put in its place is not called.
 */
export function throwRefusal(file: unknown, args: unknown, options: unknown): never {
  if (isNodesOwn(nodeChildProcess.spawn)) {
    const leftOut = typeof args === 'object' && args !== null && !Array.isArray(args);
    const call = leftOut ? [file, withoutStdio(args)] : [file, args, withoutStdio(options)];
    try {
      Reflect.apply(nodeChildProcess.spawn, undefined, call);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.includes(NO_STDIO)) throw error;
    }
  }
  throw invalidArgValue('options', options, 'are not those of spawn');
}

/** Anything else than an object is refused as it is. */
function withoutStdio(options: unknown): unknown {
  const isOptions = options === undefined || (typeof options === 'object' && options !== null);
  return isOptions && !Array.isArray(options) ? { ...options, stdio: NO_STDIO } : options;
}
