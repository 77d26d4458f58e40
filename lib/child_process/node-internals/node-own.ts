import type { Held } from './node-binding.js';
import { nodeBinding } from './node-binding.js';
import { stock } from './node-child-process.js';

/**
 * Other code in this process replaces functions of Node: instruments, test doubles, tools that change how children
 * start. What has been replaced is found by looking, and nothing is called: a stub would count the call.
 */

const { toString: functionText } = Function.prototype;

function textOf(value: unknown): string | undefined {
  return typeof value === 'function' ? Reflect.apply(functionText, value, []) : undefined;
}

let sources: readonly string[] | undefined;

/**
 * Is it a function that Node defines in its modules for child processes? Its text then stands in Node's own source. A
 * wrapper copies name and length, never the text. Where the source cannot be read, what was there when this package was
 * loaded passes for Node's.
 */
export function isNodesOwn(value: unknown): boolean {
  const text = textOf(value);
  if (text === undefined) return false;
  sources ??= readSources();
  return sources.length > 0 ? sources.some((source) => source.includes(text)) : wasThere(value);
}

function wasThere(value: unknown): boolean {
  const { ChildProcess } = stock as { ChildProcess?: { prototype?: { spawn?: unknown } } };
  return Object.values(stock).includes(value as never) || value === ChildProcess?.prototype?.spawn;
}

function readSources(): readonly string[] {
  const natives = nodeBinding('natives') ?? {};
  const texts = ['child_process', 'internal/child_process'].map((name) => natives[name]);
  return texts.filter((text) => typeof text === 'string');
}

/** A native function that Node calls each time by its place in an object, where tools put theirs. */
class Place {
  readonly #find: () => Held | undefined;
  #holder: Held | undefined;
  #found = false;
  #native: unknown;

  constructor(find: () => Held | undefined) {
    this.#find = find;
  }

  /** Does something else stand there now? Where nobody can look, no. */
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

/** The text of a bound function and of a Proxy has no name. */
function isNative(value: unknown): boolean {
  return textOf(value) === 'function spawn() { [native code] }';
}

const syncStart = new Place(() => nodeBinding('spawn_sync'));
const asyncStart = new Place(() => {
  const { Process } = (nodeBinding('process_wrap') ?? {}) as { Process?: { prototype?: Held } };
  return Process?.prototype;
});

/** Do tools look at, or change, what Node's synchronous functions start? The engine would bypass them. Costs some 10 ns. */
export function syncStartIsReplaced(): boolean {
  return syncStart.isReplaced;
}

/** The same of the asynchronous ones, below ChildProcess.prototype.spawn, which the engine's start goes through. */
export function asyncStartIsReplaced(): boolean {
  return asyncStart.isReplaced;
}

/** Which functions are Node's own for that reason, or null. */
export function startsReplaced(): string | null {
  const texts = [
    syncStartIsReplaced() &&
      "other code has replaced the start of Node's synchronous functions: spawnSync, execSync, execFileSync are Node's own",
    asyncStartIsReplaced() &&
      "other code has replaced the start below ChildProcess: spawn, exec, execFile, fork are Node's own",
  ];
  return texts.filter((text) => text !== false).join('; ') || null;
}
