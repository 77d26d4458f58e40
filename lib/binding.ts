import { elfError, findBinary } from './binary-file.js';
import { withFields } from './own.js';
import { BUNDLED, packageFolder, requireOwn } from './own-files.js';
import { arch, platform, unavailable } from './platform.js';
import type { Layout } from './record.js';
import { layoutFault } from './record.js';
import { invalidArgValue } from './validate.js';

/**
 * The only module that loads native code. Functions of the binding take and return numbers. Where a function can fail and
 * has no record, it returns 0 or more on success and -errno on failure.
 */

/** Returned by `listen`: the queue of the engine's events for this copy of the library in this Node environment. */
export type Channel = object;

/** What is known of a program, for `startKnown`. Only native code reads it. */
export type KnownProgram = Uint8Array;

export interface Binding {
  layout(): Layout;
  /** Called before the first `start`. `wake` is called when `takeEvents` has events. Returns -errno if it fails. */
  listen(wake: () => void): Channel | number;
  /**
   * Starts a child and returns before exec. `size` is the length of the plan in `plan`. `record` gets the result (see
   * record.ts).
   */
  start(channel: Channel, plan: Uint8Array, size: number, record: Float64Array): void;
  /**
   * As `start`, but returns when exec has succeeded or failed.
   * @param pairs sockets: first the parent's ends, then as many child's ends. The child's are closed and set to -1
   * @param keepEnd true: the child is not reaped when it ends, but by `reap`
   */
  startAndWait(
    channel: Channel,
    plan: Uint8Array,
    size: number,
    record: Float64Array,
    pairs: Int32Array,
    keepEnd: boolean,
  ): void;
  /**
   * As `startAndWait` with `keepEnd`. But if `program` shows that the exec is as good as certain, it returns as soon as
   * there is a child, with the kind `pending`; if exec fails after that, an event tells it, and `execed` is no event.
   */
  startKnown(
    channel: Channel,
    plan: Uint8Array,
    size: number,
    record: Float64Array,
    pairs: Int32Array,
    program: KnownProgram,
  ): void;
  /** Nothing is known of it yet; `startKnown` fills it. */
  makeProgram(): KnownProgram;
  /** Reaps a child that was started with `keepEnd` and has ended. */
  reap(id: number, record: Float64Array): void;
  /**
   * Starts a child and returns when it has ended. Closes both ends of its pipes. With `input`, the first pipe is
   * written and the others are read. The result has a Buffer for each pipe that was read.
   * @param ours the parent's ends, `theirs` the child's
   * @param limits four numbers: the timeout in milliseconds (0: none), the bytes of output (-1: unlimited), the signal
   *   that is sent when one of these is exceeded, and 1 if the timeout counts from the start, 0 if from exec
   */
  collect(
    plan: Uint8Array,
    size: number,
    ours: Int32Array,
    theirs: Int32Array,
    input: Uint8Array | undefined,
    limits: Float64Array,
    record: Float64Array,
  ): (Buffer | undefined)[];
  /** Writes waiting events into `records`, as many as fit. Returns how many. */
  takeEvents(channel: Channel, records: Float64Array): number;
  signal(channel: Channel, id: number, signal: number): number;
  /** Whether the channel keeps the event loop alive. */
  keepAlive(channel: Channel, on: boolean): void;
  /** Rungs are the ways to make a child, 1 to 4: docs/ladder.md. */
  forceRung(rung: number): void;
  /** The rung in use; 0: no child has been made yet. */
  rung(): number;
  /** How many children were made on rung 1, 2, 3 and 4. */
  rungCounts(): number[];
  /** Shared-table mode. 0: where it is faster, 1: wherever it is possible, 2: never. */
  forceFlat(mode: number): void;
  flatCount(): number;
  /** Which starts are as good as certain. 0: those of known programs, 1: those of programs that exist, 2: none. */
  forceCertain(mode: number): void;
  /** How many starts have been as good as certain. */
  certainCount(): number;
  /**
   * The file that a child executes to leave its parent's memory: the addon's own. Only the first call has an effect.
   * @param path NUL-terminated
   */
  useRunner(path: Uint8Array): void;
  /** Which runner is in use. 0: none, or none has been needed; 1: the addon's file; 2: a copy in memory. */
  runner(): number;
  /** Which runners may be used. 0: any, 1: the addon's file alone, 2: the copy alone, 3: none. */
  forceRunner(choice: number): void;
  pipe(pair: Int32Array): number;
  socketPair(pair: Int32Array): number;
  /** Opens `numbers.length / 2` pairs, or none: one end of each, then the other end of each. 0 or -errno. */
  socketPairs(numbers: Int32Array): number;
  /**
   * From now on the caller closes the `count` descriptors of `numbers` from index `from` on. Until then they are closed
   * when this Node environment ends.
   */
  release(numbers: Int32Array, from: number, count: number): void;
  /** Closes `count` descriptors of `numbers`, from index `from` on; -1 has no effect. */
  closeAll(numbers: Int32Array, from: number, count: number): void;
  /**
   * Writes the environment of the process into `block`, NUL-terminated. Returns its size; 0 if `block` already holds it
   * in its first `before` bytes; or, if it does not fit, the size it needs, negated.
   */
  readEnviron(block: Uint8Array, before: number): number;
  /** Addresses in this process: of the exec functions, and of other functions of the C library and of the runtime. */
  execAddresses(): { family: number[]; others: number[] };
  getCloexec(fd: number): number;
  setCloexec(fd: number, on: boolean): number;
  /** `numbers` gets the master, the slave, and the slave's number in /dev/pts. */
  openPty(numbers: Int32Array, rows: number, columns: number): number;
  /** `numbers` gets rows and columns. */
  windowSize(fd: number, numbers: Int32Array): number;
  setWindowSize(fd: number, rows: number, columns: number): number;
  foregroundGroup(fd: number): number;
}

let loaded: Loaded | undefined;

/**
 * The engine, loaded at first use, so that the package can be imported on every platform.
 * @throws `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM`
 */
export function binding(): Binding {
  loaded ??= load();
  return loaded.binding;
}

/** The path of the loaded binary. */
export function binaryPath(): string {
  binding();
  return (loaded as Loaded).path;
}

interface Loaded {
  binding: Binding;
  path: string;
}

function load(): Loaded {
  const reason = unavailable();
  if (reason !== null) throw unusable(reason);
  const engine = loadFile();
  engine.binding.useRunner(Buffer.from(`${engine.path}\0`));
  applyEnvOverrides(engine.binding);
  return engine;
}

function loadFile(): Loaded {
  const folder = packageFolder();
  if (folder === undefined || requireOwn === undefined) throw unusable(BUNDLED);
  try {
    const path = findBinary(folder) ?? searchBinary(requireOwn, folder);
    const fault = elfError(path);
    if (fault !== null) throw new Error(`${path} ${fault}`);
    const native = requireOwn(path) as Binding;
    const difference = layoutFault(native.layout());
    if (difference !== null) throw new Error(`${path} ${difference}`);
    return { binding: native, path };
  } catch (error) {
    throw unusable(`its binary cannot be loaded: ${firstLine(error)}; ${remedy()}`, error);
  }
}

/** The general search, for places that `findBinary` does not know. Loading it takes longer than loading the binary. */
function searchBinary(require: NodeJS.Require, folder: string): string {
  return (require('node-gyp-build') as { path(directory: string): string }).path(folder);
}

/** The first line of the message, without its full stop. An error of the permission model also has a `resource`. */
function firstLine(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [line = ''] = error.message.split(/\.?(?:\n|$)/);
  const { resource } = error as { resource?: string };
  return resource ? `${line} (${resource})` : line;
}

function remedy(): string {
  if (Object.hasOwn(process.versions, 'deno'))
    return 'Deno needs --allow-ffi, --allow-read and --allow-env for it';
  if (process.permission !== undefined)
    return 'the permission model has to allow it, by --allow-addons and --allow-fs-read';
  if (process.execArgv.includes('--no-addons')) return 'leave out --no-addons';
  // npm sets these in a build for another machine; node-gyp-build would look for that machine's binary.
  const misleading = Object.entries({ npm_config_arch: arch, npm_config_platform: platform })
    .filter(([name, own]) => ![undefined, '', own].includes(process.env[name]))
    .map(([name]) => name);
  if (misleading.length > 0) return `unset ${misleading.join(' and ')}, by which it is looked for`;
  return 'install the package again, or in a clone of it: npm run build';
}

/** The error of every function that needs the engine, where it cannot be used. `features()` shows `reason`. */
function unusable(reason: string, cause?: unknown): Error {
  const message = `forkless cannot start processes here: ${reason}. forkless/child_process can: here it is node:child_process`;
  return withFields(new TypeError(message, cause === undefined ? {} : { cause }), {
    code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM',
    reason,
  });
}

const FLAT_MODES = ['', 'always', 'never'];
const RUNNER_CHOICES = ['', 'addon', 'memfd', 'never'];
const CERTAIN_ALWAYS = 1;
const CERTAIN_NEVER = 2;

/**
 * For tests and measurements: environment variables that force how children are made. FORKLESS_WAIT is for users too:
 * every start of the drop-in waits for exec.
 */
function applyEnvOverrides(native: Binding): void {
  const rung = process.env['FORKLESS_RUNG'] ?? '';
  const flat = process.env['FORKLESS_FLAT'] ?? '';
  if (rung !== '' && !/^[1-4]$/.test(rung))
    throw invalidArgValue('process.env.FORKLESS_RUNG', rung, 'must be 1, 2, 3 or 4');
  if (!FLAT_MODES.includes(flat))
    throw invalidArgValue('process.env.FORKLESS_FLAT', flat, 'must be "always" or "never"');
  const certain = process.env['FORKLESS_CERTAIN'] ?? '';
  const wait = process.env['FORKLESS_WAIT'] ?? '';
  const runner = process.env['FORKLESS_RUNNER'] ?? '';
  if (!RUNNER_CHOICES.includes(runner))
    throw invalidArgValue('process.env.FORKLESS_RUNNER', runner, 'must be "addon", "memfd" or "never"');
  if (!['', 'always'].includes(certain))
    throw invalidArgValue('process.env.FORKLESS_CERTAIN', certain, 'must be "always"');
  if (!['', '0', '1'].includes(wait))
    throw invalidArgValue('process.env.FORKLESS_WAIT', wait, 'must be 1 or 0');
  if (certain !== '') native.forceCertain(CERTAIN_ALWAYS);
  if (wait === '1') native.forceCertain(CERTAIN_NEVER);
  if (rung !== '') native.forceRung(Number(rung));
  if (runner !== '') native.forceRunner(RUNNER_CHOICES.indexOf(runner));
  if (flat !== '') native.forceFlat(FLAT_MODES.indexOf(flat));
}
