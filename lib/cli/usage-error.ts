/** Invalid arguments of the command line; the message says which. */
export class UsageError extends Error {}

/** Turns an error with a code, with which Node and this library reject arguments, into a `UsageError`. */
export function asUsage<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw new UsageError(error.message);
    throw error;
  }
}
