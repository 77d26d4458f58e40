import type { Worker, WorkerOptions } from 'node:worker_threads';
import { nodeProcess } from '../builtin.js';

/** The flags of one Worker. */
export interface Flags {
  /** Those that the constructor of Worker accepts. */
  readonly passed: readonly string[];
  /** All, as `process.execArgv` shows them. */
  readonly shown: readonly string[];
}

/** undefined: the flags cannot be determined, or the options are invalid. */
export type FlagReader = (options: WorkerOptions) => Flags | undefined;

/** The flags are in a file and cannot be passed again. */
const CONFIG_FILE = /--experimental-(?:default-)?config-file/;
/** Node rejects it, whatever the other flags are: see `acceptedFlags`. */
const UNKNOWN_FLAG = '--forkless-unknown-flag';

/**
 * A Worker inherits the flags that this thread was started with. A program may change `process.execArgv` and
 * NODE_OPTIONS later, so both are copied when this is called.
 */
export function createFlagReader(NodeWorker: typeof Worker): FlagReader {
  const shown = [...nodeProcess.execArgv];
  const started = nodeProcess.env['NODE_OPTIONS'];
  const fromFile = CONFIG_FILE.test([...shown, started].join(' '));
  let passed: { readonly flags: readonly string[] | undefined } | undefined;

  return ({ execArgv, env }) => {
    const ownEnv = typeof env === 'object' && env !== null;
    const nodeOptions = ownEnv ? env['NODE_OPTIONS'] : nodeProcess.env['NODE_OPTIONS'];
    if (execArgv) {
      if (!Array.isArray(execArgv)) return undefined;
      const given = execArgv.map(String);
      const end = given.indexOf('--'); // no flags after this
      const flags = end < 0 ? given : given.slice(0, end);
      return { passed: flags, shown: flags };
    }
    // The added flag makes Node read NODE_OPTIONS again, which otherwise happens only with an `env` of the Worker's
    // own. If NODE_OPTIONS has changed since, the flags would differ.
    if (fromFile || (!ownEnv && nodeOptions !== started)) return undefined;
    passed ??= { flags: acceptedFlags(shown, NodeWorker) };
    return passed.flags && { passed: passed.flags, shown };
  };
}

export function isRefusal(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_INVALID_EXEC_ARGV';
}

/**
 * Flags of V8 and of the whole process apply to Workers anyway, but the constructor rejects them. To find them, this
 * passes an unknown flag as well: the constructor then throws, starts nothing, and names all flags that it rejects.
 */
function acceptedFlags(all: readonly string[], NodeWorker: typeof Worker): readonly string[] | undefined {
  const flags = [...all];
  for (;;) {
    const refused = refusedFlags([...flags, UNKNOWN_FLAG], NodeWorker);
    if (refused.at(-1) === UNKNOWN_FLAG) return flags.filter((flag) => !refused.includes(flag));
    // Node stops reading at a rejected flag's value that is a word of its own: remove both and try again.
    const last = flags.lastIndexOf(refused.at(-1) ?? '');
    if (last < 0) return undefined;
    flags.splice(last, 2);
  }
}

function refusedFlags(execArgv: string[], NodeWorker: typeof Worker): readonly string[] {
  try {
    new NodeWorker('', { eval: true, execArgv });
  } catch (error) {
    if (isRefusal(error)) return error.message.slice(error.message.indexOf(': ') + 2).split(', ');
  }
  return [];
}
