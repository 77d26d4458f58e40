import type { ChildProcess } from 'node:child_process';
import { withFields } from '../own.js';
import { ignoredOption } from './node-internals/ignored-option.js';
import { nodeChildProcess } from './node-internals/node-child-process.js';

/** What stands behind the exported functions: those of the engine, or Node's own. They check their arguments. */
export interface Functions {
  spawn(file: unknown, args: unknown, options: unknown): ChildProcess;
  /** @param exports the module object whose `execFile` is called */
  exec(exports: { execFile: unknown }, command: unknown, options: unknown, callback: unknown): ChildProcess;
  execFile(file: unknown, args: unknown, options: unknown, callback: unknown): ChildProcess;
  fork(modulePath: unknown, args: unknown, options: unknown): ChildProcess;
  spawnSync(file: unknown, args: unknown, options: unknown): unknown;
  execSync(command: unknown, options: unknown): unknown;
  execFileSync(file: unknown, args: unknown, options: unknown): unknown;
}

/** What forkless.ts exports for the drop-in. */
export interface Engine {
  openDropIn(): Opened;
}

/** What the engine answers when it is to be used. */
export type Opened =
  | {
      readonly functions: Functions;
      /** Which functions do not reach the engine at this moment, and why; null if all do. */
      readonly reasonNow: () => string | null;
    }
  /** It cannot be used. `warns`: that is not expected here. */
  | { readonly reason: string; readonly warns: boolean };

const { apply, get } = Reflect;

type Call = (name: keyof Functions, args: readonly unknown[]) => never;

const callNode: Call = (name, args) =>
  apply(get(nodeChildProcess, name) as () => never, undefined, args) as never;

export const nodeFunctions: Functions = functionsBy(callNode);

function functionsBy(call: Call): Functions {
  return {
    spawn: (...args) => call('spawn', args),
    exec: (_exports, ...args) => call('exec', args),
    execFile: (...args) => call('execFile', args),
    fork: (...args) => call('fork', args),
    spawnSync: (...args) => call('spawnSync', args),
    execSync: (...args) => call('execSync', args),
    execFileSync: (...args) => call('execFileSync', args),
  };
}

/**
 * Node's functions, for as long as the engine cannot be loaded.
 * @param trouble why
 */
export function nodeFunctionsUntil(trouble: string | null, cause: unknown): Functions {
  return functionsBy((name, args) => {
    const ignored = args.map(ignoredOption).find((option) => option !== undefined);
    if (ignored === undefined) return callNode(name, args);
    const reason = trouble ?? 'its engine cannot be loaded';
    const message = `forkless cannot apply options.${ignored} at this moment: ${reason}`;
    const fields = { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', reason };
    throw withFields(new TypeError(message, { cause }), fields);
  });
}
