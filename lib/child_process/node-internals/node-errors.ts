import { builtin } from '../../builtin.js';
import { withFields } from '../../own.js';

const { getSystemErrorMap } = builtin('node:util');

/** Errors that only Node can make: the same message, code and fields. */

const uvErrors = getSystemErrorMap();

/** @param errno negative */
export function errnoException(errno: number, syscall: string, cause?: Error): NodeJS.ErrnoException {
  const code = uvErrors.get(errno)?.[0] ?? `Unknown system error ${errno}`;
  const error = new Error(`${syscall} ${code}`);
  return withCause(withFields(error, { errno, code, syscall }), cause);
}

/** Not enumerable, as in `new Error(message, { cause })`. */
export function withCause<E extends object>(error: E, cause: Error | undefined): E {
  if (cause !== undefined)
    Object.defineProperty(error, 'cause', {
      __proto__: null,
      value: cause,
      writable: true,
      enumerable: false,
      configurable: true,
    } as PropertyDescriptor);
  return error;
}

export function maxBufferError(stream: 'stdout' | 'stderr'): RangeError {
  return withCode(new RangeError(`${stream} maxBuffer length exceeded`), 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER');
}

/** As in Node's errors, the code is in `stack` and in `code`, not in `name`. */
function withCode<E extends Error>(error: E, code: string): E {
  const { name, stack = '' } = error;
  error.stack = stack.replace(name, `${name} [${code}]`);
  return withFields(error, { code });
}
