import type { ChildProcess } from 'node:child_process';
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

function call(name: string, args: readonly unknown[]): never {
  return Reflect.apply(Reflect.get(nodeChildProcess, name) as () => never, undefined, args) as never;
}

export const nodeFunctions: Functions = {
  spawn: (...args) => call('spawn', args),
  exec: (_exports, ...args) => call('exec', args),
  execFile: (...args) => call('execFile', args),
  fork: (...args) => call('fork', args),
  spawnSync: (...args) => call('spawnSync', args),
  execSync: (...args) => call('execSync', args),
  execFileSync: (...args) => call('execFileSync', args),
};
