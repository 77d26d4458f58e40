import { planAssignment } from '../plan/assign.js';
import { attribute } from './attribute.js';
import { fdOrNull } from './codecs.js';
import { asNumber, flag } from './flags.js';
import { listOf } from './list-codecs.js';

export interface FdsOption {
  /**
   * Simultaneous assignment: `fds[n]`, 0 … 2³¹−1, is the descriptor of this process that becomes the child's `n`; null:
   * closed there. Numbers beyond the array stay as they are (closed under `cloexecDefault`). Default: `[]`.
   */
  fds?: readonly (number | null)[] | undefined;
}

export const fds = attribute<FdsOption>()({
  name: 'fds',
  kind: 'option',
  doors: { posix: 'own', dropIn: 'none' },
  codec: listOf(fdOrNull),
  right: () => [[], [0, 1, 2], [null, 2 ** 31 - 1, 0]],
  phase: 'descriptors',
  memory: 'shared',
  set(settings, list) {
    settings.slots = list.length;
  },
  steps: planAssignment,
  key: (list) => `${list.length}:${list.join()}`,
  documentation: {
    errors: 'EBADF, EMFILE of `dup2`, `inherit`',
    shape: 'array of number or null',
    default: { posix: '`[]`' },
    meaning: 'Simultaneous assignment of descriptors: [descriptors.md](descriptors.md#fds).',
  },
  commandLine: {
    ...flag('fds', 'LIST', (text, name) =>
      text.split(',').map((entry) => (entry === '-' ? null : asNumber(entry, name))),
    ),
    about: 'becomes 0, 1, 2, … of the child; - closes it',
  },
  like: { posix: 'posix_spawn_file_actions_adddup2', go: 'ProcAttr.Files', python: 'stdin, stdout, stderr' },
});
