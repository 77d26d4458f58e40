import { builtin } from '../builtin.js';
import { ownFile } from '../own-files.js';
import type { FlagReader } from './worker-flags.js';
import { createFlagReader, isRefusal } from './worker-flags.js';

// A Worker has its own module objects, so `register` must be loaded in each. The program's flags do not ensure that:
// `--import` has no effect in a Worker with `eval`, `execArgv` replaces all flags, and an import in the program affects
// no Worker. So every Worker gets one more flag, which loads `entry` before its own code.

/** Key of a Worker's environment data: its `process.execArgv` without the added flag. */
export const SHOWN_FLAGS = 'forkless/register: execArgv';

type Construct = (args: readonly unknown[]) => object;

const workerThreads = builtin('node:worker_threads');

export interface CoveredWorker {
  /** `Worker` before it was replaced. */
  readonly original: unknown;
}

/**
 * From now on `register` is loaded in every Worker that this thread makes, once the caller has called
 * `syncBuiltinESMExports`. undefined: that is not possible.
 */
export function coverWorkers(): CoveredWorker | undefined {
  const entry = ownFile('register/worker.js');
  const original = workerThreads.Worker;
  if (entry === undefined) return undefined;
  const flagsOf = createFlagReader(original);
  const Worker = new Proxy(original, {
    construct(target, args, newTarget) {
      const construct: Construct = (given) => Reflect.construct(target, given, newTarget);
      return constructCovered(construct, args, flagsOf, entry) ?? construct(args);
    },
  });
  // false if other code has made the property read-only
  if (!Reflect.set(workerThreads, 'Worker', Worker)) return undefined;
  return { original };
}

/** undefined: construct the Worker unmodified. The added flag must never make a Worker fail. */
function constructCovered(
  construct: Construct,
  [filename, options = {}]: readonly unknown[],
  flagsOf: FlagReader,
  entry: string,
): object | undefined {
  const flags = typeof options === 'object' && options !== null ? flagsOf(options) : undefined;
  if (flags === undefined) return undefined;
  const execArgv = ['--require', entry, ...flags.passed];
  workerThreads.setEnvironmentData(SHOWN_FLAGS, [...flags.shown]);
  try {
    return construct([filename, withFlags(options as object, execArgv)]);
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  } finally {
    workerThreads.setEnvironmentData(SHOWN_FLAGS, undefined);
  }
}

/** Reads all other options from the caller's object, whatever its class. */
function withFlags(options: object, execArgv: readonly string[]): object {
  return new Proxy(
    {},
    {
      get: (_target, key) => (key === 'execArgv' ? execArgv : Reflect.get(options, key, options)),
      has: (_target, key) => key === 'execArgv' || Reflect.has(options, key),
    },
  );
}
