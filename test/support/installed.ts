import { spawnSync } from 'node:child_process';
import { at } from './paths.js';

/**
 * Whether all that a test may need has been looked for already: scripts/test.mjs does so before it runs many files. Where
 * it runs a few tests, each installs what it needs.
 */
const isDone = process.env['FORKLESS_TEST_INSTALLED'] === '1';

/**
 * Runs a script of scripts/ that installs something, under this Node, and returns what it prints: "<name> <place>", a line
 * for each that is there.
 */
export function installed(script: string, ...names: readonly string[]): Map<string, string> {
  const args = [at(`scripts/${script}.mjs`), ...(isDone ? ['--installed'] : []), ...names];
  const { stdout } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = stdout.split('\n').filter((line) => line !== '');
  return new Map(
    lines.map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)] as const),
  );
}

/** How long a hook that installs may take, in milliseconds. */
export const INSTALL_TIMEOUT = 300_000;
