import type * as node from 'node:child_process';
import type { MoreOptions } from '../attributes/index.js';
import type { MoreOfChild } from './async/process-handle.js';

type Node = typeof node;
// Exported because the emitted declarations would otherwise expand them to a form of Buffer that older @types/node do
// not have.

/** @inline */
export type Child = node.ChildProcess & MoreOfChild;
/** @inline */
export type Output = string | Buffer;
/** @inline */
export type Callback = (error: node.ExecException | null, stdout: Output, stderr: Output) => void;
/** @inline */
export type FileCallback = (error: node.ExecFileException | null, stdout: Output, stderr: Output) => void;

/** Each function with all overloads of Node's types, and one or two more with the additional options. */
export interface DropInModule extends Node {
  spawn: Node['spawn'] & {
    (file: string, args: readonly string[], options: node.SpawnOptions & MoreOptions): Child;
    (file: string, options: node.SpawnOptions & MoreOptions): Child;
  };
  exec: Node['exec'] &
    ((command: string, options: node.ExecOptions & MoreOptions, callback?: Callback) => Child);
  execFile: Node['execFile'] &
    ((
      file: string,
      args: readonly string[],
      options: node.ExecFileOptions & MoreOptions,
      callback?: FileCallback,
    ) => Child);
  fork: Node['fork'] &
    ((modulePath: string | URL, args: readonly string[], options: node.ForkOptions & MoreOptions) => Child);
  spawnSync: Node['spawnSync'] &
    ((
      file: string,
      args: readonly string[],
      options: node.SpawnSyncOptions & MoreOptions,
    ) => node.SpawnSyncReturns<Output>);
  execSync: Node['execSync'] & ((command: string, options: node.ExecSyncOptions & MoreOptions) => Output);
  execFileSync: Node['execFileSync'] &
    ((file: string, args: readonly string[], options: node.ExecFileSyncOptions & MoreOptions) => Output);
}
