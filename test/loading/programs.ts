import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { promisify } from 'node:util';
import { installed } from '../support/installed.js';
import { tempPath } from '../support/temp.js';

/** Where a program is that scripts/install.mjs installs, by the name that it prints; undefined if it cannot be had. */
export function programAt(name: string): string | undefined {
  return installed(name).get(name);
}

/** Says loudly why a part of the tests is left out. */
export function leaveOut(context: Mocha.Context, name: string, obstacle: string | null): void {
  const reason = obstacle ?? 'scripts/install.mjs could not install it';
  console.error(`      ${name} IS NOT TESTED: ${reason}`);
  context.skip();
}

const tools = ['cat', 'echo', 'env', 'mkfifo', 'od', 'printenv', 'ps', 'sh', 'sleep', 'sort', 'true'];
let bin: string | undefined;

/** Nothing of the caller's: a PATH without a compiler and without Python, an empty HOME, no settings of npm. */
export function bareEnvironment(...folders: string[]): Record<string, string> {
  bin ??= makeBin();
  const home = tempPath('home');
  mkdirSync(home);
  return {
    PATH: [bin, ...folders].join(':'),
    HOME: home,
    TMPDIR: home,
    NO_COLOR: '1',
    DENO_NO_UPDATE_CHECK: '1',
  };
}

export interface RunOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds after which it is killed. Default: a minute. */
  readonly timeout?: number;
}

export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
}

/** @throws with what it said, where it ends with anything but 0, or not in time. */
export async function run([file = '', ...args]: readonly string[], options: RunOptions): Promise<Ran> {
  const running = promisify(execFile)(file, args, { timeout: 60_000, ...options, killSignal: 'SIGKILL' });
  running.child.stdin?.end();
  try {
    return await running;
  } catch (error) {
    if (error instanceof Error && 'stdout' in error && 'stderr' in error)
      throw new Error(`${error.message}\n${error.stdout}${error.stderr}`);
    throw error;
  }
}

function makeBin(): string {
  const folder = tempPath('bin');
  mkdirSync(folder);
  for (const tool of tools)
    symlinkSync(execFileSync('which', [tool], { encoding: 'utf8' }).trim(), `${folder}/${tool}`);
  return folder;
}
