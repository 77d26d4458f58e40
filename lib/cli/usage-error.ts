/** What was asked for cannot be understood; the message says what. */
export class UsageError extends Error {}
