// What the programs never-waits-* tell of a child.
import type { ChildProcess } from 'node:child_process';
import { say } from '../../support/in-program.js';
import { slowness } from '../../support/slowness.js';

export interface Story {
  /** 'spawn', 'error CODE', 'exit 0 null', 'close 0 null', … Without data, which may come after 'exit' in Node. */
  readonly events: readonly string[];
  readonly stdout: string;
  readonly stderr: string;
}

const names = ['spawn', 'exit', 'close', 'error', 'disconnect', 'message'] as const;

/** Follows a child until 'close', or until `last`. */
export function storyOf(child: ChildProcess, last: 'close' | 'exit' = 'close'): Promise<Story> {
  const events: string[] = [];
  const texts = { stdout: '', stderr: '' };
  for (const name of names)
    child.on(name, (...args: readonly unknown[]) => events.push([name, ...args.map(textOf)].join(' ')));
  child.stdin?.on('error', () => {});
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
    });
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`no '${last}' after ${events.join(', ')}`));
    }, 8000 * slowness);
    child.once(last, () => {
      clearTimeout(deadline);
      resolve({ events, ...texts });
    });
  });
}

function textOf(value: unknown): string {
  if (value instanceof Error) return (value as NodeJS.ErrnoException).code ?? value.message;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Runs one scenario after the other, and says what came of each. */
export async function tellAll(scenarios: Readonly<Record<string, () => unknown>>): Promise<void> {
  const told: Record<string, unknown> = {};
  let failed = false;
  for (const [title, run] of Object.entries(scenarios))
    try {
      told[title] = await run();
    } catch (error) {
      failed = true;
      told[title] = `failed: ${error instanceof Error ? error.message : error}`;
    }
  say(told);
  // A child of it may still wait for its input.
  if (failed) process.exit();
}
