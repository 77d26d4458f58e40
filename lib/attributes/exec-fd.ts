import { attribute } from './attribute.js';
import { oneFd } from './codecs.js';
import { asNumber, flag } from './flags.js';
import { withoutProgram } from './trial-values.js';

export interface ExecFdOption {
  /**
   * A descriptor of this process that is open on the program (also O_PATH, or a memfd): executed in place of the path,
   * which then only names it in errors. It may be close-on-exec, and the program does not inherit it. A script is ENOENT.
   * Default: none. Source: execveat(2).
   */
  execFd?: number | undefined;
}

export const execFd = attribute<ExecFdOption>()({
  name: 'execFd',
  kind: 'option',
  doors: { posix: 'own', dropIn: 'own' },
  codec: oneFd,
  right: () => [0, 20],
  phase: 'program',
  memory: 'shared',
  steps: (fd) => [{ op: 'exec-fd', fd }],
  set(settings) {
    settings.searchesPath = false;
  },
  key: (fd) => `${fd}`,
  trial: withoutProgram,
  documentation: {
    errors: 'EBADF of `exec-fd`; EACCES, ENOENT of `execve`',
    shape: 'descriptor of the parent',
    default: { posix: 'none' },
    meaning:
      'The program, by a descriptor that is open on it (also O_PATH or a memfd). The path then only names it in errors, and PATH is not searched. It may be close-on-exec; the program does not inherit it. [A script](posix-spawn.md#execfd) is ENOENT. execveat(2)',
  },
  commandLine: flag('exec-fd', 'N', asNumber),
  like: { posix: 'fexecve' },
});
