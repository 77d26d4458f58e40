import type { SpawnOptions } from 'node:child_process';
import type { MoreOptions } from './attributes/index.js';

/**
 * Returns the plan that `spawn` of `forkless/child_process` would run, one line a step, in order. Starts nothing and
 * opens nothing: the sockets of `stdio` are made when a program is started, so they have no numbers here. The text is
 * for people; its form may change.
 *
 * @param command the program, or the command line with `shell`
 * @param args its arguments, without argv[0]; may be left out
 * @param options those of `spawn`
 * @throws Node's own error for arguments that `spawn` refuses, but for a wrong `stdio` always `ERR_INVALID_ARG_VALUE`;
 *   TypeError, RangeError for an option of this package.
 *   `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM` where `spawn` is the runtime's own function ({@link features} tells why).
 *
 * @example
 * ```js
 * import { explainSpawn } from 'forkless';
 *
 * const options = { cwd: '/tmp', stdio: ['ignore', 'pipe', 'inherit'], env: {}, umask: 0o27 };
 * const [, ...lines] = explainSpawn('/usr/bin/make', ['-j4'], options).split('\n');
 * process.stdout.write(lines.join('\n'));
 * ```
 * ```text
 * 1. sweep 3 to the last, except the new sockets
 * 2. umask 0027
 * 3. dup2 a new socket to 1  (stdio[1])
 * 4. inherit 2  (stdio[2])
 * 5. open "/dev/null" as 0, O_RDONLY
 * 6. set-blocking 2
 * 7. chdir "/tmp"
 * 8. close a new socket
 * signal mask: empty
 * 9. execve "/usr/bin/make"
 * argv: "/usr/bin/make" "-j4"
 * a file that is no program: run by /bin/sh
 * env: 0 variables
 * ```
 */
export function explainSpawn(
  command: string,
  args?: readonly string[] | (SpawnOptions & MoreOptions),
  options?: SpawnOptions & MoreOptions,
): string {
  // Loaded at the first call: a program that imports only `forkless` should not wait for the files of the drop-in.
  const dropIn = require('./child_process/explain.js') as typeof import('./child_process/explain.js');
  return dropIn.explainSpawn(command, args, options);
}
