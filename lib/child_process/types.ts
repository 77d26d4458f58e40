import type * as node from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { MoreOptions } from '../attributes/index.js';
import type { Child, ChildByStdio, ChildWithPipes, MoreOfError, SpawnSyncReturns } from './child-types.js';

// The overloads are those of @types/node, in its order, written out: TypeScript cannot derive them, because `infer` sees
// only the last one. Each user compiles these declarations against his own @types/node, so they use only names that all
// supported versions have. test/types reads the overloads of each version: one of these must fulfil each.

type Node = typeof node;

type With<Options> = Options & MoreOptions;
type Pipe = node.StdioPipe;
type None = node.StdioNull;
type Stdio<Stdin extends Pipe | None, Stdout extends Pipe | None, Stderr extends Pipe | None> = With<
  node.SpawnOptionsWithStdioTuple<Stdin, Stdout, Stderr>
>;
type Args = readonly string[];

export interface Spawn {
  (command: string, options?: With<node.SpawnOptionsWithoutStdio>): ChildWithPipes;
  (command: string, options: Stdio<Pipe, Pipe, Pipe>): ChildByStdio<Writable, Readable, Readable>;
  (command: string, options: Stdio<Pipe, Pipe, None>): ChildByStdio<Writable, Readable, null>;
  (command: string, options: Stdio<Pipe, None, Pipe>): ChildByStdio<Writable, null, Readable>;
  (command: string, options: Stdio<None, Pipe, Pipe>): ChildByStdio<null, Readable, Readable>;
  (command: string, options: Stdio<Pipe, None, None>): ChildByStdio<Writable, null, null>;
  (command: string, options: Stdio<None, Pipe, None>): ChildByStdio<null, Readable, null>;
  (command: string, options: Stdio<None, None, Pipe>): ChildByStdio<null, null, Readable>;
  (command: string, options: Stdio<None, None, None>): ChildByStdio<null, null, null>;
  (command: string, options: With<node.SpawnOptions>): Child;
  (command: string, args?: Args, options?: With<node.SpawnOptionsWithoutStdio>): ChildWithPipes;
  (command: string, args: Args, options: Stdio<Pipe, Pipe, Pipe>): ChildByStdio<Writable, Readable, Readable>;
  (command: string, args: Args, options: Stdio<Pipe, Pipe, None>): ChildByStdio<Writable, Readable, null>;
  (command: string, args: Args, options: Stdio<Pipe, None, Pipe>): ChildByStdio<Writable, null, Readable>;
  (command: string, args: Args, options: Stdio<None, Pipe, Pipe>): ChildByStdio<null, Readable, Readable>;
  (command: string, args: Args, options: Stdio<Pipe, None, None>): ChildByStdio<Writable, null, null>;
  (command: string, args: Args, options: Stdio<None, Pipe, None>): ChildByStdio<null, Readable, null>;
  (command: string, args: Args, options: Stdio<None, None, Pipe>): ChildByStdio<null, null, Readable>;
  (command: string, args: Args, options: Stdio<None, None, None>): ChildByStdio<null, null, null>;
  (command: string, args: Args, options: With<node.SpawnOptions>): Child;
}

export interface Fork {
  (modulePath: string | URL, options?: With<node.ForkOptions>): Child;
  (modulePath: string | URL, args?: Args, options?: With<node.ForkOptions>): Child;
}

// As @types/node has it: Buffer<ArrayBuffer> or, in those of before 2025, Buffer, which then has no parameter.
type NodeBuffer = Exclude<ReturnType<Node['execSync']>, string>;
type Either = string | NodeBuffer;
type AsText<Options> = With<Options> & { encoding?: BufferEncoding | undefined };
type AsBuffer<Options> = With<Options> & { encoding: 'buffer' | null };
type OptionalArgs = Args | undefined | null;

type Callback<Failure, Output> = (
  error: (Failure & MoreOfError) | null,
  stdout: Output,
  stderr: Output,
) => void;
type OnExec<Output> = Callback<node.ExecException, Output>;
type OnFile<Output> = Callback<node.ExecFileException, Output>;
type LastOnFile = OnFile<Either> | undefined | null;
type Any<Options> = (With<Options> & { encoding?: string | undefined | null }) | undefined | null;
type AnyExec = Any<node.ExecOptions>;
type AnyFile = Any<node.ExecFileOptions>;

/** What the promise forms of `exec` and `execFile` return. */
export interface OutputPromise<Output> extends node.PromiseWithChild<{ stdout: Output; stderr: Output }> {
  child: Child;
}

export interface Exec {
  (command: string, callback?: OnExec<string>): Child;
  (command: string, options: AsBuffer<node.ExecOptions>, callback?: OnExec<NodeBuffer>): Child;
  (command: string, options: AsText<node.ExecOptions>, callback?: OnExec<string>): Child;
  (command: string, options: AnyExec, callback?: OnExec<Either>): Child;
  __promisify__: ExecPromise;
}

export interface ExecPromise {
  (command: string): OutputPromise<string>;
  (command: string, options: AsBuffer<node.ExecOptions>): OutputPromise<NodeBuffer>;
  (command: string, options: AsText<node.ExecOptions>): OutputPromise<string>;
  (command: string, options: AnyExec): OutputPromise<Either>;
}

type FileAsBuffer = AsBuffer<node.ExecFileOptions>;
type FileAsText = AsText<node.ExecFileOptions>;

export interface ExecFile {
  (file: string, callback?: OnFile<string>): Child;
  (file: string, args: OptionalArgs, callback?: OnFile<string>): Child;
  (file: string, options: FileAsBuffer, callback?: OnFile<NodeBuffer>): Child;
  (file: string, args: OptionalArgs, options: FileAsBuffer, callback?: OnFile<NodeBuffer>): Child;
  (file: string, options: FileAsText, callback?: OnFile<string>): Child;
  (file: string, args: OptionalArgs, options: FileAsText, callback?: OnFile<string>): Child;
  (file: string, options: AnyFile, callback?: LastOnFile): Child;
  (file: string, args: OptionalArgs, options: AnyFile, callback?: LastOnFile): Child;
  __promisify__: ExecFilePromise;
}

export interface ExecFilePromise {
  (file: string): OutputPromise<string>;
  (file: string, args: OptionalArgs): OutputPromise<string>;
  (file: string, options: FileAsBuffer): OutputPromise<NodeBuffer>;
  (file: string, args: OptionalArgs, options: FileAsBuffer): OutputPromise<NodeBuffer>;
  (file: string, options: FileAsText): OutputPromise<string>;
  (file: string, args: OptionalArgs, options: FileAsText): OutputPromise<string>;
  (file: string, options: AnyFile): OutputPromise<Either>;
  (file: string, args: OptionalArgs, options: AnyFile): OutputPromise<Either>;
}

export interface SpawnSync {
  (command: string): SpawnSyncReturns<NodeBuffer>;
  (command: string, options: With<node.SpawnSyncOptionsWithStringEncoding>): SpawnSyncReturns<string>;
  (command: string, options: With<node.SpawnSyncOptionsWithBufferEncoding>): SpawnSyncReturns<NodeBuffer>;
  (command: string, options?: With<node.SpawnSyncOptions>): SpawnSyncReturns<Either>;
  (command: string, args: Args): SpawnSyncReturns<NodeBuffer>;
  (
    command: string,
    args: Args,
    options: With<node.SpawnSyncOptionsWithStringEncoding>,
  ): SpawnSyncReturns<string>;
  (
    command: string,
    args: Args,
    options: With<node.SpawnSyncOptionsWithBufferEncoding>,
  ): SpawnSyncReturns<NodeBuffer>;
  (command: string, args?: Args, options?: With<node.SpawnSyncOptions>): SpawnSyncReturns<Either>;
}

export interface ExecSync {
  (command: string): NodeBuffer;
  (command: string, options: With<node.ExecSyncOptionsWithStringEncoding>): string;
  (command: string, options: With<node.ExecSyncOptionsWithBufferEncoding>): NodeBuffer;
  (command: string, options?: With<node.ExecSyncOptions>): Either;
}

export interface ExecFileSync {
  (file: string): NodeBuffer;
  (file: string, options: With<node.ExecFileSyncOptionsWithStringEncoding>): string;
  (file: string, options: With<node.ExecFileSyncOptionsWithBufferEncoding>): NodeBuffer;
  (file: string, options?: With<node.ExecFileSyncOptions>): Either;
  (file: string, args: Args): NodeBuffer;
  (file: string, args: Args, options: With<node.ExecFileSyncOptionsWithStringEncoding>): string;
  (file: string, args: Args, options: With<node.ExecFileSyncOptionsWithBufferEncoding>): NodeBuffer;
  (file: string, args?: Args, options?: With<node.ExecFileSyncOptions>): Either;
}

interface Functions {
  spawn: Spawn;
  exec: Exec;
  execFile: ExecFile;
  fork: Fork;
  spawnSync: SpawnSync;
  execSync: ExecSync;
  execFileSync: ExecFileSync;
}

/**
 * All names of `node:child_process`. Not `extends Node`: an overload that a future @types/node adds would be an error in
 * this declaration, in each program that checks declarations.
 */
export interface DropInModule extends Omit<Node, keyof Functions>, Functions {}
