import type { ChildProcess } from 'node:child_process';
import type { EventEmitter as Emitter } from 'node:events';
import type { Duplex } from 'node:stream';
import { builtin } from '../../builtin.js';
import { isPassing } from '../../passing.js';
import { nodeChildProcess, spawnAtLoad } from './node-child-process.js';
import { errnoException } from './node-errors.js';
import { isNodesOwn } from './node-own.js';
import type { StartRequest } from './start-request.js';
import { unpublished } from './unpublished.js';

const { channel } = builtin('node:diagnostics_channel');
const { EventEmitter } = builtin('node:events');

/**
 * Only this file knows Node's internal contract: what ChildProcess.prototype.spawn expects of its `_handle`, how it
 * calls it, and which fields the constructor sets. None of it is documented, and it changes within a major version.
 * `probe` checks it at load, and scripts/check-node-sources.mjs compares Node's own sources.
 */

/** What a ChildProcess needs of its `_handle`, in which Node has a native object that represents the process. */
export interface InnerHandle {
  pid: number | undefined;
  /** The `SpawnError`, if the process could not be started. */
  readonly cause?: Error | undefined;
  /** Set by `createChild`. A negative exit code is -errno: the process could not be started. */
  onexit: (exitCode: number | null, signalCode: string | null) => void;
  /** Starts the program. Returns 0 or -errno. Use `readStart` to read the arguments, which differ between versions. */
  spawn(...contract: unknown[]): number;
  kill(signal: number): number;
  ref(): void;
  unref(): void;
  hasRef(): boolean;
  close(callback?: () => void): void;
}

/** An entry of `stdio` as Node passes it to the handle, after its validation. */
export interface StdioEntry {
  readonly type: 'ignore' | 'pipe' | 'overlapped' | 'inherit' | 'fd' | 'wrap';
  readonly fd?: unknown;
  readonly handle?: NativeHandle;
}

/** Node's native object of a pipe, terminal or socket. */
export interface NativeHandle {
  readonly fd?: number;
  open(fd: number): number | undefined;
  close(): void;
}

/** What Node asks its handle to start. */
export interface InnerStart extends StartRequest {
  readonly stdio: readonly StdioEntry[];
}

/** The fields that the constructor of ChildProcess sets, or that its methods use. */
interface ChildFields {
  _closesNeeded: number;
  _closesGot: number;
  connected: boolean;
  pid: number | undefined;
  signalCode: string | null;
  exitCode: number | null;
  killed: boolean;
  spawnfile: string | null;
  spawnargs: readonly string[];
  _handle: InnerHandle | null;
  stdin: Duplex | null | undefined;
  stdio: readonly (Duplex | null)[] | undefined;
}

/** Node's types hide these fields, or have them read-only; this file writes them as Node's constructor does. */
type Child = Omit<ChildProcess, keyof ChildFields> & ChildFields;

const created = channel('child_process');
const EINVAL = 22;
/** kProcessFlagDetached. */
const DETACHED = 1;

/**
 * Makes a ChildProcess without running Node's constructor, which would make a native handle that is not used here and
 * can never be freed. This constructor has Node's prototype. `Reflect.construct(EventEmitter, [], ChildProcess)` would
 * give each object a hidden class of its own: 14 µs, and as much again for the garbage collector, instead of 2 µs.
 */
function ChildWithoutHandle(this: Child): void {
  EventEmitter.call(this as unknown as Emitter);
  this._closesNeeded = 1;
  this._closesGot = 0;
  this.connected = false;
  this.signalCode = null;
  this.exitCode = null;
  this.killed = false;
  this.spawnfile = null;
  this._handle = null;
}
// Other code may have replaced ChildProcess: `probe` finds that.
ChildWithoutHandle.prototype = (
  nodeChildProcess.ChildProcess as typeof nodeChildProcess.ChildProcess | undefined
)?.prototype;

export function createChild(handle: InnerHandle): ChildProcess {
  const child = makeChild(handle);
  if (created.hasSubscribers) created.publish({ process: child });
  return child as unknown as ChildProcess;
}

function makeChild(handle: InnerHandle): Child {
  const child = Reflect.construct(ChildWithoutHandle, []) as Child;
  child._handle = handle;
  handle.onexit = (exitCode, signalCode) => onExit(child, handle, exitCode, signalCode);
  return child;
}

/** Calls ChildProcess.prototype.spawn, which is looked up at each call because programs replace it. */
export function callSpawn(child: ChildProcess, options: object): void {
  (child as unknown as { spawn(options: object): void }).spawn(options);
}

function onExit(child: Child, handle: InnerHandle, exitCode: number | null, signalCode: string | null): void {
  if (signalCode) child.signalCode = signalCode;
  else child.exitCode = exitCode;
  child.stdin?.destroy();
  child._handle?.close();
  child._handle = null;
  if (exitCode !== null && exitCode < 0) {
    child.pid = undefined; // it had one if the start failed late
    child.emit('error', startError(child, exitCode, handle.cause));
  } else child.emit('exit', child.exitCode, child.signalCode);
  // Only after the handlers of this event, which may begin to read a stream that nothing has read before.
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

/** Discards the data of streams that nothing reads. Otherwise they never end, and 'close' is never emitted. */
function flushStdio({ stdio }: Child): void {
  for (const stream of stdio ?? []) if (stream?.readable && !servesAnotherChild(stream)) stream.resume();
}

/** Node marks a stream that was passed as `stdio` to another child, which reads it. */
function servesAnotherChild(stream: Duplex): boolean {
  return Object.getOwnPropertySymbols(stream).some(({ description }) => description === 'kIsUsedAsStdio');
}

/** Older Node passes one object; since 24.19 and 26 eight arguments, with `detached` as a bit of the flags. */
export function readStart(contract: readonly unknown[]): InnerStart {
  if (contract.length === 1) {
    const options = contract[0] as Omit<InnerStart, 'args'> & { args?: readonly unknown[] };
    return innerStart(
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
  return innerStart(file, args, cwd, envPairs, stdio, (flags & DETACHED) !== 0, uid, gid);
}

function innerStart(
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
 * Why this Node's ChildProcess cannot be used with an `InnerHandle`, or null. Throws what may have passed next time. It is called with a handle whose `spawn`
 * returns EINVAL, so nothing is started and nothing has to be cleaned up. What other code has put in the place of
 * ChildProcess.prototype.spawn since the import does not see these calls, nor do subscribers of the channel.
 */
export function probe(): string | null {
  try {
    if (unpublished(() => contractHolds(false) && contractHolds(true))) return null;
    return spawnIsReplaced()
      ? 'other code has replaced ChildProcess.prototype.spawn by a function that does not pass on its arguments'
      : 'its ChildProcess calls its handle in an unknown way';
  } catch (error) {
    if (isPassing(error)) throw error;
    return `its ChildProcess has an unknown form: ${String(error)}`;
  }
}

function spawnIsReplaced(): boolean {
  return !isNodesOwn(spawnAtLoad);
}

/** New arrays for each call: a replaced `spawn` may change them. */
function probeOptions(detached: boolean) {
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

function contractHolds(detached: boolean): boolean {
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
  const child = makeChild(handle);
  let code: unknown;
  try {
    Reflect.apply(spawnAtLoad as () => void, child, [probeOptions(detached)]);
  } catch (error) {
    if (isPassing(error)) throw error; // the stack is too deep for Node's function, which is none of its faults
    code = (error as NodeJS.ErrnoException).code;
  }
  return code === 'EINVAL' && closed === 1 && seen !== undefined && matches(seen, detached);
}

/**
 * Does each field have the right type, and contain what was passed? It may contain more: other code may have replaced
 * ChildProcess.prototype.spawn by a function that adds an environment variable, starts the program through another one,
 * or makes a path absolute.
 */
function matches(seen: InnerStart, detached: boolean): boolean {
  const { file, args, cwd, envPairs, stdio, uid, gid } = seen;
  const [stdin, stdout, stderr] = stdio;
  return (
    typeof file === 'string' &&
    areStrings(args) &&
    [file, ...args].some((word) => word.endsWith('file')) &&
    args.includes('argument') &&
    typeof cwd === 'string' &&
    cwd.endsWith('directory') &&
    areStrings(envPairs) &&
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

function areStrings(values: unknown): values is readonly string[] {
  return Array.isArray(values) && values.every((value) => typeof value === 'string');
}
