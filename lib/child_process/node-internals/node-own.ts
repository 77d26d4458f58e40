import type { NativeObject } from './node-binding.js';
import { nodeBinding } from './node-binding.js';
import { isCertainlyNodesOwn, nodeChildProcess, spawnAtLoad } from './node-child-process.js';

/**
 * Finds which of Node's functions other code has replaced: instrumentation, test doubles, tools that change how
 * children start. Only compares, never calls a function: a test double would count the call.
 */

const { toString: functionText } = Function.prototype;

function textOf(value: unknown): string | undefined {
  return typeof value === 'function' ? Reflect.apply(functionText, value, []) : undefined;
}

let sources: readonly string[] | undefined;

/**
 * Is it a function that Node's modules for child processes define? Then Node's source contains its text. A wrapper may
 * copy name and length, but has another text. If the source cannot be read, the functions that were there when this
 * package was loaded count as Node's.
 */
export function isNodesOwn(value: unknown): boolean {
  if (isCertainlyNodesOwn(value)) return true; // spares a process without other preloads the reading of sources
  const text = textOf(value);
  if (text === undefined) return false;
  sources ??= readSources();
  return sources.length > 0 ? sources.some((source) => source.includes(text)) : wasThereAtLoad(value);
}

function wasThereAtLoad(value: unknown): boolean {
  return Object.values(nodeChildProcess).includes(value as never) || value === spawnAtLoad;
}

function readSources(): readonly string[] {
  const natives = nodeBinding('natives') ?? {};
  const texts = ['child_process', 'internal/child_process'].map((name) => natives[name]);
  return texts.filter((text) => typeof text === 'string');
}

/**
 * The native function `spawn` of an object, where Node looks it up at each call and where tools replace it. `find`
 * returns the object; it is called at first use.
 */
class NativeSpawn {
  readonly #find: () => NativeObject | undefined;
  #holder: NativeObject | undefined;
  #found = false;
  #native: unknown;

  constructor(find: () => NativeObject | undefined) {
    this.#find = find;
  }

  /** Has other code replaced the function? false if the object cannot be read. */
  get isReplaced(): boolean {
    if (!this.#found) {
      this.#holder = this.#find();
      this.#found = true;
    }
    if (this.#holder === undefined) return false;
    const current = this.#holder['spawn'];
    if (current === this.#native) return false;
    if (!isNative(current)) return true;
    this.#native = current;
    return false;
  }
}

/** A bound function or a Proxy has a text without this name. */
function isNative(value: unknown): boolean {
  return textOf(value) === 'function spawn() { [native code] }';
}

const syncStart = new NativeSpawn(() => nodeBinding('spawn_sync'));
const asyncStart = new NativeSpawn(() => {
  const { Process } = (nodeBinding('process_wrap') ?? {}) as { Process?: { prototype?: NativeObject } };
  return Process?.prototype;
});

/** Has other code replaced what Node's synchronous functions call? The engine would bypass it. Takes about 10 ns. */
export function syncStartIsReplaced(): boolean {
  return syncStart.isReplaced;
}

/** The same for the asynchronous functions, below ChildProcess.prototype.spawn, which the drop-in also calls. */
export function asyncStartIsReplaced(): boolean {
  return asyncStart.isReplaced;
}

/** For `features()`: which functions are Node's own because of such a replacement; null if none are. */
export function startsReplaced(): string | null {
  const texts = [
    syncStartIsReplaced() &&
      "other code has replaced the native function that Node's synchronous functions call: spawnSync, execSync, execFileSync are Node's own",
    asyncStartIsReplaced() &&
      "other code has replaced the native function that Node's ChildProcess calls: spawn, exec, execFile, fork are Node's own",
  ];
  return texts.filter((text) => text !== false).join('; ') || null;
}
