import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { builtin } from '../builtin.js';
import type { FlagReader, Flags } from './worker-flags.js';
import { createFlagReader, isRefusal } from './worker-flags.js';

// A Worker has module objects of its own. It inherits the program's flags, but `--import` does nothing in one with
// `eval`, `execArgv` takes the place of all flags, and an import in the program reaches no Worker. So every Worker is
// given one flag more, which loads `entry` before its own code.

/** In a Worker's environment data: what its `process.execArgv` would be without our flag. */
export const SHOWN_FLAGS = 'forkless/register: execArgv';

const NO_REQUIRE_OF_MODULES = /--no-(?:experimental-)?require-module/;

type Construct = (args: readonly unknown[]) => object;

const workerThreads = builtin('node:worker_threads');

export interface CoveredWorker {
  /** The class that was there before. */
  readonly stock: unknown;
}

/** The Workers that this thread makes from now on register too. undefined: that cannot be. */
export function coverWorkers(): CoveredWorker | undefined {
  const entry = findEntry();
  const stock = workerThreads.Worker;
  if (entry === undefined) return undefined;
  const flagsOf = createFlagReader(stock);
  const Worker = new Proxy(stock, {
    construct(target, args, newTarget) {
      const construct: Construct = (given) => Reflect.construct(target, given, newTarget);
      return constructCovered(construct, args, flagsOf, entry) ?? construct(args);
    },
  });
  Object.assign(workerThreads, { Worker });
  builtin('node:module').syncBuiltinESMExports();
  return { stock };
}

/** undefined: it is to be made as if we were not there. No Worker may fail for what is added here. */
function constructCovered(
  construct: Construct,
  [filename, options = {}]: readonly unknown[],
  flagsOf: FlagReader,
  entry: URL,
): object | undefined {
  const flags = typeof options === 'object' && options !== null ? flagsOf(options) : undefined;
  if (flags === undefined) return undefined;
  const execArgv = [...preload(flags, entry), ...flags.passed];
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

/** All other options are read through, whatever kind of object holds them. */
function withFlags(options: object, execArgv: readonly string[]): object {
  return new Proxy(
    {},
    {
      get: (_target, key) => (key === 'execArgv' ? execArgv : Reflect.get(options, key, options)),
      has: (_target, key) => key === 'execArgv' || Reflect.has(options, key),
    },
  );
}

/** `--require` works with `eval` too, but is an error where ES modules may not be required. */
function preload({ passed, nodeOptions }: Flags, entry: URL): string[] {
  const off =
    !process.features.require_module || NO_REQUIRE_OF_MODULES.test([...passed, nodeOptions].join(' '));
  return off
    ? [`--import=${entry.href}`]
    : ['--require', fileURLToPath(new URL('./worker-required.cjs', entry))];
}

/** In a bundle there is no such file, nor, in one for CommonJS, an address of this one. */
function findEntry(): URL | undefined {
  const own: string | undefined = import.meta.url;
  const entry = own === undefined ? undefined : new URL('./worker.js', own);
  return entry !== undefined && existsSync(entry) ? entry : undefined;
}
