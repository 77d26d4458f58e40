import { spawnSync } from 'node:child_process';
import { at } from './paths.js';

/**
 * Whether scripts/test.mjs has installed everything before: it does so when it runs many files. When it runs a few tests,
 * each installs what it needs, and no other test waits for that.
 */
const isDone = process.env['FORKLESS_TEST_INSTALLED'] === '1';

const answers = new Map<string, ReadonlyMap<string, string>>();

/**
 * Runs scripts/install.mjs under this Node, once for each name, and returns what it prints: "NAME PLACE", a line for
 * each that is there. The row of the table (scripts/lib/installables.mjs) must name the test file that calls this.
 */
export function installed(what: string): ReadonlyMap<string, string> {
  const answer = answers.get(what) ?? ask(what);
  answers.set(what, answer);
  return answer;
}

function ask(what: string): ReadonlyMap<string, string> {
  const args = [at('scripts/install.mjs'), ...(isDone ? ['--installed'] : []), what];
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
