/** Invalid arguments of the command line; the message says which. */
export class UsageError extends Error {}

/** Turns an error with a code, with which Node and this library reject arguments, into a `UsageError`. */
export function asUsage<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof Error && 'code' in error && !isUnavailable(error))
      throw new UsageError(error.message);
    throw error;
  }
}

/** The arguments may be right: it is this machine or this runtime that cannot do it. */
export function isUnavailable(error: Error): boolean {
  return Reflect.get(error, 'code') === 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM';
}
