import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { at } from './paths.js';
import { makeScript } from './script.js';
import { slowness } from './slowness.js';

export interface RunOptions {
  readonly args?: readonly string[];
  /** Added to this process's own; undefined takes away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** A program and its arguments, which Node's own follow: see launchers.ts. */
  readonly launcher?: readonly string[];
  readonly nodeArgs?: readonly string[];
  /** Default: the repository. */
  readonly cwd?: string;
  /** In a session of its own, where a signal to the process group meets nobody else. */
  readonly detached?: boolean;
  /** Without the names of scripting.ts, which load the library into the main thread. */
  readonly bare?: boolean;
  /** After that it is killed, and the run is an error that shows what it said. Default: 60,000. */
  readonly deadlineMs?: number;
}

export interface RunResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script (text of an ES module, or the URL of a file) in a fresh process of this Node, until its end. */
export async function runNode(script: string | URL, options: RunOptions = {}): Promise<RunResult> {
  const node = startNode(script, options);
  node.endInput();
  return node.ended;
}

/** As `runNode`, for a script that ends well and has said one value: `say(value)`. */
export async function runNodeForValue<T>(script: string | URL, options: RunOptions = {}): Promise<T> {
  const { code, signal, stdout, stderr } = await runNode(script, options);
  if (code !== 0) throw new Error(`the script ended with ${signal ?? code}\n${stdout}${stderr}`);
  return JSON.parse(stdout);
}

/** Starts a script and talks with it while it runs. Wait for `ended` in the end, or it is a leaked child. */
export function startNode(source: string | URL, options: RunOptions = {}): RunningNode {
  const script = makeScript(source, options.bare);
  const [file = '', ...args] = [
    ...(options.launcher ?? []),
    process.execPath,
    ...(options.nodeArgs ?? []),
    fileURLToPath(script.url),
    ...(options.args ?? []),
  ];
  const child = spawn(file, args, {
    cwd: options.cwd ?? at(''),
    env: { ...process.env, ...options.env },
    detached: options.detached ?? false,
  });
  return new RunningNode(child, script, (options.deadlineMs ?? 60_000) * slowness);
}

export class RunningNode {
  readonly ended: Promise<RunResult>;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  #stdout = '';
  #stderr = '';
  #closed = false;
  #wake: () => void = () => {};

  constructor(child: ChildProcessWithoutNullStreams, script: Disposable, deadlineMs: number) {
    this.#child = child;
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
      this.#wake();
    });
    child.stdin.on('error', () => {}); // it may end before it has read
    this.ended = this.#end(deadlineMs).finally(() => script[Symbol.dispose]());
    // Whoever waits only for a line must not be met by an unhandled rejection; `ended` itself still rejects.
    this.ended.catch(() => {});
    this.#lines = this.#readLines();
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** The next line of stdout. @throws if there is none before the end. */
  async line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done !== true) return value;
    throw new Error(`ended before the line\n${this.#stdout}${this.#stderr}`);
  }

  /** The next value that the script says. */
  async value<T>(): Promise<T> {
    return JSON.parse(await this.line());
  }

  write(text: string): void {
    this.#child.stdin.write(text);
  }

  endInput(): void {
    this.#child.stdin.end();
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.#child.kill(signal);
  }

  async *#readLines(): AsyncGenerator<string, undefined> {
    let position = 0;
    for (;;) {
      const end = this.#stdout.indexOf('\n', position);
      if (end >= 0) {
        yield this.#stdout.slice(position, end);
        position = end + 1;
      } else if (this.#closed) {
        return undefined;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  #end(deadlineMs: number): Promise<RunResult> {
    return new Promise((resolve, reject) => {
      let late = false;
      const deadline = setTimeout(() => {
        late = true;
        this.#child.kill('SIGKILL');
        // What it has started may hold the pipes open.
        this.#child.stdout.destroy();
        this.#child.stderr.destroy();
      }, deadlineMs);
      this.#child.once('error', reject);
      this.#child.once('close', (code, signal) => {
        clearTimeout(deadline);
        this.#closed = true;
        this.#wake();
        const result = { code, signal, stdout: this.#stdout, stderr: this.#stderr };
        if (late) reject(new Error(`not ended within ${deadlineMs} ms\n${result.stdout}${result.stderr}`));
        else resolve(result);
      });
    });
  }
}
