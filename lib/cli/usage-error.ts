/** What was asked for cannot be understood; the message says what. */
export class UsageError extends Error {}

/** What `run` refuses, as Node and this library refuse arguments, by an error with a code, is wrong usage. */
export function asUsage<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw new UsageError(error.message);
    throw error;
  }
}
