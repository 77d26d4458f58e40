import type { ChildProcess } from 'node:child_process';
import { channel } from 'node:diagnostics_channel';
import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import { stock } from './node-child-process.js';
import { errnoException } from './node-errors.js';
import { isNodesOwn } from './node-own.js';

/**
 * Node's inner contract, known here alone: what ChildProcess.prototype.spawn expects of its `_handle`, how it calls it,
 * and which fields the constructor sets. None of it is documented and it changes within a major version: `probe` looks
 * at load whether it is as we know it, a script of CI whether Node's own sources have changed.
 */

/** The object in the place of Node's native one. */
export interface InnerHandle {
  pid: number | undefined;
  /** Why a start came to nothing. */
  readonly cause?: Error | undefined;
  /** Set by `createChild`; a negative code is the errno of a start that failed. */
  onexit: (exitCode: number | null, signalCode: string | null) => void;
  /** 0 or -errno. Called with what `readStart` reads. */
  spawn(...contract: unknown[]): number;
  kill(signal: number): number;
  ref(): void;
  unref(): void;
  hasRef(): boolean;
  close(callback?: () => void): void;
}

/** An entry of stdio, made by Node's own validation. */
export interface StdioEntry {
  readonly type: 'ignore' | 'pipe' | 'overlapped' | 'inherit' | 'fd' | 'wrap';
  readonly fd?: unknown;
  readonly handle?: NativeHandle;
}

export interface NativeHandle {
  readonly fd?: number;
  open(fd: number): number | undefined;
  close(): void;
}

export interface InnerStart {
  readonly file: string;
  readonly args: readonly unknown[];
  readonly cwd: unknown;
  readonly envPairs: readonly unknown[];
  readonly stdio: readonly StdioEntry[];
  readonly detached: boolean;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
}

/** The fields that the constructor of ChildProcess sets, and those that its prototype counts with. */
interface ChildFields {
  _closesNeeded: number;
  _closesGot: number;
  connected: boolean;
  signalCode: string | null;
  exitCode: number | null;
  killed: boolean;
  spawnfile: string | null;
  spawnargs: readonly string[];
  _handle: InnerHandle | null;
  stdin: Duplex | null | undefined;
  stdio: readonly (Duplex | null)[] | undefined;
}

type Child = Omit<ChildProcess, keyof ChildFields> & ChildFields;

const born = channel('child_process');
const EINVAL = 22;
/** kProcessFlagDetached. */
const DETACHED = 1;

/**
 * A ChildProcess in all but one thing: its constructor has never run, which would make a native handle. It would do
 * nothing here, and could not be freed. A constructor of our own with Node's prototype, because objects made by
 * Reflect.construct have each a hidden class of its own, which costs more than all the rest of this.
 */
function Born(this: Child): void {
  EventEmitter.call(this as unknown as EventEmitter);
  this._closesNeeded = 1;
  this._closesGot = 0;
  this.connected = false;
  this.signalCode = null;
  this.exitCode = null;
  this.killed = false;
  this.spawnfile = null;
  this._handle = null;
}
// Whatever stands there: `probe` tells where it is no class of Node's.
Born.prototype = (stock.ChildProcess as typeof stock.ChildProcess | undefined)?.prototype;

export function createChild(handle: InnerHandle): ChildProcess {
  const child = Reflect.construct(Born, []) as Child;
  child._handle = handle;
  handle.onexit = (exitCode, signalCode) => end(child, handle, exitCode, signalCode);
  if (born.hasSubscribers) born.publish({ process: child });
  return child as unknown as ChildProcess;
}

/** Calls ChildProcess.prototype.spawn, the method of the day: programs do replace it. */
export function callSpawn(child: ChildProcess, options: object): void {
  (child as unknown as { spawn(options: object): void }).spawn(options);
}

function end(child: Child, handle: InnerHandle, exitCode: number | null, signalCode: string | null): void {
  if (signalCode) child.signalCode = signalCode;
  else child.exitCode = exitCode;
  child.stdin?.destroy();
  child._handle?.close();
  child._handle = null;
  if (exitCode !== null && exitCode < 0) child.emit('error', startError(child, exitCode, handle.cause));
  else child.emit('exit', child.exitCode, child.signalCode);
  // After the handlers of this event: they may still want to read themselves what nobody has read so far.
  process.nextTick(flushStdio, child);
  child._closesGot++;
  if (child._closesGot === child._closesNeeded) child.emit('close', child.exitCode, child.signalCode);
}

function startError(child: Child, errno: number, cause: Error | undefined): Error {
  const { spawnfile } = child;
  const error = errnoException(errno, spawnfile ? `spawn ${spawnfile}` : 'spawn', cause);
  if (spawnfile) Object.assign(error, { path: spawnfile });
  return Object.assign(error, { spawnargs: child.spawnargs.slice(1) });
}

/** Reads to their end the streams that nobody reads, or 'close' would never come. */
function flushStdio({ stdio }: Child): void {
  for (const stream of stdio ?? []) if (stream?.readable && !servesAnotherChild(stream)) stream.resume();
}

/** Node marks a stream that was given to another child, which reads it now. */
function servesAnotherChild(stream: Duplex): boolean {
  return Object.getOwnPropertySymbols(stream).some(({ description }) => description === 'kIsUsedAsStdio');
}

/** One object of options on older Node; since 24.19 and 26 eight arguments, in which `detached` is a bit. */
export function readStart(contract: readonly unknown[]): InnerStart {
  if (contract.length === 1) {
    const options = contract[0] as Omit<InnerStart, 'args'> & { args?: readonly unknown[] };
    return start(
      options.file,
      options.args,
      options.cwd,
      options.envPairs,
      options.stdio,
      Boolean(options.detached),
      options.uid,
      options.gid,
    );
  }
  const [file, args, cwd, envPairs, stdio, flags, uid, gid] = contract as [
    string,
    readonly unknown[] | undefined,
    unknown,
    readonly unknown[],
    readonly StdioEntry[],
    number,
    number | undefined,
    number | undefined,
  ];
  return start(file, args, cwd, envPairs, stdio, (flags & DETACHED) !== 0, uid, gid);
}

function start(
  file: string,
  args: readonly unknown[] | undefined,
  cwd: unknown,
  envPairs: readonly unknown[],
  stdio: readonly StdioEntry[],
  detached: boolean,
  uid: number | null | undefined,
  gid: number | null | undefined,
): InnerStart {
  return {
    file,
    args: args ?? [],
    cwd,
    envPairs,
    stdio,
    detached,
    uid: uid ?? undefined,
    gid: gid ?? undefined,
  };
}

/**
 * Why this Node's ChildProcess cannot be given a handle of ours, or null. Tried with a handle that refuses: nothing is
 * started and nothing is left over.
 */
export function probe(): string | null {
  try {
    if (askContract(false) && askContract(true)) return null;
    return spawnIsReplaced()
      ? 'other code has replaced ChildProcess.prototype.spawn, and does not pass on what it is given'
      : 'its ChildProcess calls its handle in a way that is not known here';
  } catch (error) {
    return `its ChildProcess is not as it is known here: ${String(error)}`;
  }
}

function spawnIsReplaced(): boolean {
  return !isNodesOwn((Born.prototype as { spawn?: unknown } | undefined)?.spawn);
}

/** New arrays each time: a replaced `spawn` may write into them. */
function question(detached: boolean) {
  return {
    __proto__: null,
    file: 'file',
    args: ['name', 'argument'],
    cwd: 'directory',
    envPairs: ['KEY=value'],
    stdio: ['ignore', 7, 'inherit'],
    detached,
    uid: 1,
    gid: 2,
  };
}

function askContract(detached: boolean): boolean {
  let seen: InnerStart | undefined;
  let closed = 0;
  const handle: InnerHandle = {
    pid: undefined,
    onexit() {},
    spawn(...contract) {
      seen = readStart(contract);
      return -EINVAL;
    },
    kill: () => -EINVAL,
    ref() {},
    unref() {},
    hasRef: () => false,
    close() {
      closed++;
    },
  };
  const child = createChild(handle);
  let code: unknown;
  try {
    callSpawn(child, question(detached));
  } catch (error) {
    code = (error as NodeJS.ErrnoException).code;
  }
  return code === 'EINVAL' && closed === 1 && seen !== undefined && answers(seen, detached);
}

/**
 * Does each field hold its kind of value, and what was given among what is there? Not more: other code may have
 * replaced ChildProcess.prototype.spawn by a function that adds a variable to the environment, starts a program by
 * another one, or makes a path absolute.
 */
function answers(seen: InnerStart, detached: boolean): boolean {
  const { file, args, cwd, envPairs, stdio, uid, gid } = seen;
  const [stdin, stdout, stderr] = stdio;
  return (
    typeof file === 'string' &&
    areTexts(args) &&
    [file, ...args].some((text) => text.endsWith('file')) &&
    args.includes('argument') &&
    typeof cwd === 'string' &&
    cwd.endsWith('directory') &&
    areTexts(envPairs) &&
    envPairs.includes('KEY=value') &&
    stdin?.type === 'ignore' &&
    stdout?.type === 'fd' &&
    stdout.fd === 7 &&
    stderr?.fd === 2 &&
    seen.detached === detached &&
    uid === 1 &&
    gid === 2
  );
}

function areTexts(values: unknown): values is readonly string[] {
  return Array.isArray(values) && values.every((value) => typeof value === 'string');
}
