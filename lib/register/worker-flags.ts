import type { Worker, WorkerOptions } from 'node:worker_threads';

/** The flags of one Worker. */
export interface Flags {
  /** Those that can be given to its constructor. */
  readonly passed: readonly string[];
  /** All, as `process.execArgv` shows them. */
  readonly shown: readonly string[];
  readonly nodeOptions: string | undefined;
}

/** undefined: nobody can say what the flags will be, or the options are wrong. */
export type FlagReader = (options: WorkerOptions) => Flags | undefined;

/** Their flags cannot be repeated: they stand in a file. */
const CONFIG_FILE = /--experimental-(?:default-)?config-file/;
const UNKNOWN_FLAG = '--forkless-asks';

/**
 * What a Worker inherits is what the thread was started with; programs change both `process.execArgv` and NODE_OPTIONS
 * later, and so they are remembered here.
 */
export function createFlagReader(StockWorker: typeof Worker): FlagReader {
  const shown = [...process.execArgv];
  const started = process.env['NODE_OPTIONS'];
  const fromFile = CONFIG_FILE.test([...shown, started].join(' '));
  let passed: { readonly flags: readonly string[] | undefined } | undefined;

  return ({ execArgv, env }) => {
    const ownEnv = typeof env === 'object' && env !== null;
    const nodeOptions = ownEnv ? env['NODE_OPTIONS'] : process.env['NODE_OPTIONS'];
    if (execArgv) {
      if (!Array.isArray(execArgv)) return undefined;
      const given = execArgv.map(String);
      const end = given.indexOf('--'); // what follows are no flags
      const flags = end < 0 ? given : given.slice(0, end);
      return { passed: flags, shown: flags, nodeOptions };
    }
    // Once a flag is named, NODE_OPTIONS is read anew, as it is with an environment of its own.
    if (fromFile || (!ownEnv && nodeOptions !== started)) return undefined;
    passed ??= { flags: acceptedFlags(shown, StockWorker) };
    return passed.flags && { passed: passed.flags, shown, nodeOptions };
  };
}

export function isRefusal(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_INVALID_EXEC_ARGV';
}

/**
 * Flags of V8 and of the process hold in its Workers anyway, and are refused when they are named. Node says which: for
 * a flag that it does not know the constructor throws, starts nothing, and names all that it refuses.
 */
function acceptedFlags(all: readonly string[], StockWorker: typeof Worker): readonly string[] | undefined {
  const flags = [...all];
  for (;;) {
    const refused = refusedFlags([...flags, UNKNOWN_FLAG], StockWorker);
    if (refused.at(-1) === UNKNOWN_FLAG) return flags.filter((flag) => !refused.includes(flag));
    // The value of a refused flag, in a word of its own, ends what is read.
    const last = flags.lastIndexOf(refused.at(-1) ?? '');
    if (last < 0) return undefined;
    flags.splice(last, 2);
  }
}

function refusedFlags(execArgv: string[], StockWorker: typeof Worker): readonly string[] {
  try {
    new StockWorker('', { eval: true, execArgv });
  } catch (error) {
    if (isRefusal(error)) return error.message.slice(error.message.indexOf(': ') + 2).split(', ');
  }
  return [];
}
