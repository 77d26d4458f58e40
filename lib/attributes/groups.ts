import { invalidArgType } from '../validate.js';
import { attribute } from './attribute.js';
import type { Codec } from './codecs.js';
import { id, wrong } from './codecs.js';
import { asNumbers, flag } from './flags.js';
import { listOf } from './list-codecs.js';

export interface GroupsOption {
  /**
   * Supplementary groups, each 0 … 2³²−2. `'keep'`: those of this process, which the program then has beside another
   * `uid` and `gid`; alone it changes nothing. Absent while `uid` or `gid` is given: none. A parent that may not set
   * them gets EPERM, then too, but not with `'keep'`. Source: setgroups(2).
   */
  groups?: readonly number[] | 'keep' | undefined;
}

const list = listOf(id);

const listOrKeep: Codec<readonly number[] | 'keep'> = {
  check(name, value) {
    if (value === 'keep') return value;
    if (!Array.isArray(value)) throw invalidArgType(name, "an instance of Array or 'keep'", value);
    return list.check(name, value);
  },
  wrong: () => [wrong('ERR_INVALID_ARG_TYPE', 'another word than keep', 'all'), ...list.wrong()],
};

export const groups = attribute<GroupsOption>()({
  name: 'groups',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  codec: listOrKeep,
  right: () => [[], [0, 2 ** 32 - 2], 'keep'],
  // before gid and uid: after them the right to change the others is gone
  phase: 'identity',
  memory: 'own',
  steps: (gids) => (gids === 'keep' ? [] : [{ op: 'setgroups', gids }]),
  key: (gids) => (gids === 'keep' ? gids : gids.join()),
  implied: {
    by: ['gid', 'uid'],
    // libuv drops them where it may, and says nothing where it may not
    steps: (door) => [door === 'dropIn' ? { op: 'drop-groups-if-allowed' } : { op: 'setgroups', gids: [] }],
  },
  trial: () => ({ groups: [] }),
  documentation: {
    errors: 'EPERM of `setgroups`',
    shape: "array of group ids, or `'keep'`",
    default: {
      posix: "none with `uid` or `gid`, else the parent's",
      dropIn: "none with `uid` or `gid` where that is allowed, else the parent's",
    },
    meaning:
      "Supplementary groups. `'keep'`: the parent's, also with `uid` or `gid`. A parent that may not set them gets EPERM, also if only `uid` or `gid` is given, but not with `'keep'`. setgroups(2)",
  },
  commandLine: flag('groups', 'LIST|keep', (text, name) => (text === 'keep' ? text : asNumbers(text, name))),
  like: {
    systemd: 'SupplementaryGroups=',
    go: 'Credential.Groups, NoSetGroups',
    utilLinux: 'setpriv --groups, --keep-groups',
    python: 'extra_groups',
  },
});
