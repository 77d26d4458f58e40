import { attribute } from './attribute.js';
import { id } from './codecs.js';
import { asNumbers, flag } from './flags.js';
import { listOf } from './list-codecs.js';

export interface GroupsOption {
  /**
   * Supplementary groups, each 0 … 2³²−2. Absent while `uid` or `gid` is given: none. A parent that may not set them
   * gets EPERM, then too. At the cost of fork, as `resetIds`. Source: setgroups(2).
   */
  groups?: readonly number[] | undefined;
}

export const groups = attribute<GroupsOption>()({
  name: 'groups',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  codec: listOf(id),
  right: () => [[], [0, 2 ** 32 - 2]],
  // before gid and uid: after them the right to change the others is gone
  phase: 'identity',
  memory: 'own',
  steps: (gids) => [{ op: 'setgroups', gids }],
  implied: {
    by: ['gid', 'uid'],
    // libuv drops them where it may, and says nothing where it may not
    steps: (door) => [door === 'dropIn' ? { op: 'drop-groups-if-allowed' } : { op: 'setgroups', gids: [] }],
  },
  documentation: {
    shape: 'array of group ids',
    default: {
      posix: "none with `uid` or `gid`, else the parent's",
      dropIn: "none with `uid` or `gid` where that is allowed, else the parent's",
    },
    meaning:
      'Supplementary groups. A parent that may not set them gets EPERM, also if only `uid` or `gid` is given. setgroups(2)',
  },
  commandLine: flag('groups', 'LIST', asNumbers),
  like: { systemd: 'SupplementaryGroups=', go: 'Credential.Groups', utilLinux: 'setpriv --groups' },
});
