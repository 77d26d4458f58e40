import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { at } from '../support/paths.js';

export const { version } = JSON.parse(readFileSync(at('package.json'), 'utf8')) as { version: string };
export const main = at('dist/cli/main.js');

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs `forkless ARGS`; nothing in the environment forces or hides what it will find, but for what `env` says. */
export function forkless(
  args: readonly string[],
  launcher: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
  program = main,
): Ran {
  const [file = '', ...rest] = [...launcher, process.execPath, program, ...args];
  const own = {
    ...process.env,
    FORKLESS_RUNG: undefined,
    FORKLESS_FLAT: undefined,
    FORKLESS_IGNORE_PRELOAD: undefined,
    ...env,
  };
  const { status, stdout, stderr } = spawnSync(file, rest, { encoding: 'utf8', env: own });
  return { code: status, out: stdout, err: stderr };
}

/** Without the breaks of long lines. */
export function unwrapped(text: string): string {
  return text.replace(/\n {2,}/g, ' ');
}
