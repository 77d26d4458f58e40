// What a module that is preloaded has seen, for the program that runs after it. Loads nothing of forkless.
import type childProcess from 'node:child_process';

/** A warning is told by its first line. */
export const warnings: string[] = [];
process.on('warning', ({ name, message }) => warnings.push(`${name}: ${message}`));

/** Calls of what other code has put in the place of functions of Node. */
export const calls: unknown[] = [];

export const cp: typeof childProcess = process.getBuiltinModule('node:child_process');
/** The same object, for those who replace its functions. */
export const replaceable = cp as unknown as Record<string, unknown>;

/** What the preloaded module keeps for the program. */
export const kept: {
  /** The module as it was left. */
  before?: Readonly<Record<string, unknown>>;
  /** Node's own exec. */
  exec?: unknown;
  unhook?: () => void;
} = {};
