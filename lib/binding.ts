import { createRequire } from 'node:module';
import { release } from 'node:os';
import { fileURLToPath } from 'node:url';
import { faultOf, MACHINES } from './binary-file.js';
import { withFields } from './own.js';
import type { Layout } from './record.js';
import { layoutFault } from './record.js';
import { invalidArgValue } from './validate.js';

/** The only module that loads native code. Numbers in, numbers out: -errno where a call fails. */

/** What `listen` gives: the way of the engine's events into this copy of the library. */
export type Channel = object;

export interface Binding {
  layout(): Layout;
  /** Before the first start: `wake` is called when `takeEvents` has something. -errno where that cannot be. */
  listen(wake: () => void): Channel | number;
  start(channel: Channel, plan: Uint8Array, size: number, record: Float64Array): void;
  /**
   * As `start`, but returns with the verdict.
   * @param pairs sockets, ours and as many of the child's, which are closed by this and then -1
   * @param keepEnd it will not be reaped at its end, but by `reap`
   */
  startAndWait(
    channel: Channel,
    plan: Uint8Array,
    size: number,
    record: Float64Array,
    pairs: Int32Array,
    keepEnd: boolean,
  ): void;
  reap(id: number, record: Float64Array): void;
  /**
   * Starts a child and returns at its end. Both ends of its pipes are closed by this; with an `input` the first pipe is
   * written, all others are read. The result has a Buffer for each that was read.
   * @param limits milliseconds or 0, bytes of output or -1, the number of the signal that ends it
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
  takeEvents(channel: Channel, records: Float64Array): number;
  signal(channel: Channel, id: number, signal: number): number;
  keepAlive(channel: Channel, on: boolean): void;
  forceRung(rung: number): void;
  rung(): number;
  rungCounts(): number[];
  /** 0: where it pays, 1: wherever it can be, 2: never. */
  forceFlat(mode: number): void;
  flatCount(): number;
  pipe(pair: Int32Array): number;
  socketPair(pair: Int32Array): number;
  /** As many pairs as fit, all or none: the one end of each, then the other end of each. 0 or -errno. */
  socketPairs(numbers: Int32Array): number;
  /** Of pairs, which are closed with this environment until then: `count` of them are about to be handed over. */
  release(numbers: Int32Array, from: number, count: number): void;
  /** Closes `count` of them; a number that is not open is passed over. */
  closeAll(numbers: Int32Array, from: number, count: number): void;
  /** The environment of the process, NUL-terminated: its size, 0 if it is what stands there, or the size it needs, negated. */
  readEnviron(block: Uint8Array, before: number): number;
  /** Where the functions that exec lie in this process, and where others of the C library and of the runtime do. */
  execAddresses(): { family: number[]; others: number[] };
  getCloexec(fd: number): number;
  setCloexec(fd: number, on: boolean): number;
}

const OLDEST_KERNEL = [5, 4] as const;

/** Why this machine cannot start processes our way, or null. */
export function unavailable(): string | null {
  if (process.platform !== 'linux') return `it needs Linux, this is ${process.platform}`;
  if (!Object.hasOwn(MACHINES, process.arch))
    return `it has binaries for ${Object.keys(MACHINES).join(' and ')}, this is ${process.arch}`;
  const kernel = kernelRelease();
  if (kernel === '') return null;
  const [major = 0, minor = 0] = kernel.split('.').map(Number);
  const [oldMajor, oldMinor] = OLDEST_KERNEL;
  if (major < oldMajor || (major === oldMajor && minor < oldMinor))
    return `it needs Linux ${OLDEST_KERNEL.join('.')} or later, this is ${kernel}`;
  return null;
}

/** As uname(2) says; empty where Deno has no `--allow-sys` to tell it. */
export function kernelRelease(): string {
  try {
    return release();
  } catch {
    return '';
  }
}

let loaded: Loaded | undefined;

/**
 * The engine, loaded at first use: importing the package works everywhere.
 * @throws `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM`
 */
export function binding(): Binding {
  loaded ??= load();
  return loaded.binding;
}

/**
 * At import: the engine takes a few low descriptor numbers, which later may be none (docs/performance.md). What is in
 * the way of that is told at first use.
 */
export function loadEarly(): void {
  if (unavailable() === null) loadingTrouble();
}

/** Why the engine cannot be loaded on a machine where it should, or null. */
export function loadingTrouble(): string | null {
  try {
    binding();
    return null;
  } catch (error) {
    return (error as { reason?: string }).reason ?? String(error);
  }
}

/** Where the loaded binary lies. */
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
  obey(engine.binding);
  return engine;
}

function loadFile(): Loaded {
  try {
    const require = createRequire(import.meta.url);
    const find = require('node-gyp-build') as { path(directory: string): string };
    const path = find.path(fileURLToPath(new URL('..', import.meta.url)));
    const fault = faultOf(path);
    if (fault !== null) throw new Error(`${path} ${fault}`);
    const native = require(path) as Binding;
    const difference = layoutFault(native.layout());
    if (difference !== null) throw new Error(`${path} ${difference}`);
    return { binding: native, path };
  } catch (error) {
    throw unusable(`its binary cannot be loaded: ${firstLine(error)}; ${remedy()}`, error);
  }
}

/** The permission model names in a field what it has refused. */
function firstLine(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [line = ''] = error.message.split(/\.?(?:\n|$)/);
  const { resource } = error as { resource?: string };
  return resource ? `${line} (${resource})` : line;
}

function remedy(): string {
  if ('deno' in process.versions) return 'Deno needs --allow-ffi, --allow-read and --allow-env for it';
  if (process.permission !== undefined)
    return 'the permission model has to allow it, by --allow-addons and --allow-fs-read';
  if (process.execArgv.includes('--no-addons')) return 'leave out --no-addons';
  // node-gyp-build believes them: whoever builds for another machine has set them.
  const misleading = Object.entries({ npm_config_arch: process.arch, npm_config_platform: process.platform })
    .filter(([name, own]) => ![undefined, '', own].includes(process.env[name]))
    .map(([name]) => name);
  if (misleading.length > 0) return `unset ${misleading.join(' and ')}, by which it is looked for`;
  return 'install the package again, leave it out of a bundle, or in a clone of it: npm run build';
}

/** One error for all that keeps the engine from being used; `reason` is what `features()` says. */
function unusable(reason: string, cause?: unknown): Error {
  const message = `forkless cannot start processes here: ${reason}. forkless/child_process can: here it is node:child_process`;
  return withFields(new TypeError(message, cause === undefined ? {} : { cause }), {
    code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM',
    reason,
  });
}

const FLAT_MODES = ['', 'always', 'never'];

/** For tests and measurements: variables that force how children are made. */
function obey(native: Binding): void {
  const rung = process.env['FORKLESS_RUNG'] ?? '';
  const flat = process.env['FORKLESS_FLAT'] ?? '';
  if (rung !== '' && !/^[1-4]$/.test(rung))
    throw invalidArgValue('process.env.FORKLESS_RUNG', rung, 'must be 1, 2, 3 or 4');
  if (!FLAT_MODES.includes(flat))
    throw invalidArgValue('process.env.FORKLESS_FLAT', flat, 'must be "always" or "never"');
  if (rung !== '') native.forceRung(Number(rung));
  if (flat !== '') native.forceFlat(FLAT_MODES.indexOf(flat));
}
