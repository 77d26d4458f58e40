import { invalidArgValue } from '../validate.js';
import { attribute } from './attribute.js';
import { fd } from './codecs.js';
import { asNumbers, flag } from './flags.js';
import { listOf, orAll } from './list-codecs.js';

export interface InheritFdsOption {
  /**
   * Descriptors of this process that the program gets under the same numbers; one that is not open is EBADF, one that
   * `stdio` settles is refused. `'all'`: every inheritable one, as in Node. Default: `[]`.
   */
  inheritFds?: readonly number[] | 'all' | undefined;
}

export const inheritFds = attribute<InheritFdsOption>()({
  name: 'inheritFds',
  kind: 'option',
  doors: { posix: 'none', dropIn: 'own' },
  codec: orAll(listOf(fd)),
  right: () => [[], [77], 'all'],
  phase: 'descriptors',
  memory: 'shared',
  // after cloexecDefault, which it overrules
  set(settings, list) {
    if (list === 'all') settings.onlyNamed = false;
  },
  steps: (list) => (list === 'all' ? [] : list.map((fd, action) => ({ op: 'inherit', fd, action }) as const)),
  key: (list) => (list === 'all' ? list : list.join()),
  contradictions: [
    {
      with: 'stdio',
      refuse(name, _given, list, _all, { stdioSlots }) {
        if (list === 'all') return;
        for (const [index, fd] of list.entries())
          if (fd < stdioSlots)
            throw invalidArgValue(`${name}[${index}]`, fd, 'is a number that options.stdio settles');
      },
    },
  ],
  documentation: {
    errors: 'EBADF of `inherit`',
    shape: "array of numbers, or `'all'`",
    default: { posix: '', dropIn: '`[]`' },
    meaning:
      "Descriptors of the parent that the child gets under the same numbers. One that is not open is EBADF. `'all'`: every inheritable one, as Node does. A number that `stdio` sets is refused.",
  },
  commandLine: {
    ...flag('inherit-fds', 'LIST|all', (text, name) => (text === 'all' ? text : asNumbers(text, name))),
    about: 'with --spawn: descriptors that survive',
  },
  like: { go: 'Cmd.ExtraFiles', python: 'pass_fds' },
});
