import { attribute } from './attribute.js';
import { id } from './codecs.js';
import { asNumber, flag } from './flags.js';

export interface GidOption {
  /** Group of the program, 0 … 2³²−2. Source: setgid(2). */
  gid?: number | undefined;
}

export const gid = attribute<GidOption>()({
  name: 'gid',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'node' },
  codec: id,
  right: () => [0, 2 ** 32 - 2],
  phase: 'identity',
  memory: 'own',
  steps: (gid) => [{ op: 'setgid', gid }],
  key: (gid) => `${gid}`,
  trial: () => ({ gid: process.getegid?.() }),
  documentation: {
    errors: 'EPERM of `setgid`',
    shape: '0 … 2³²−2',
    default: { posix: "the parent's" },
    meaning: 'Group of the program. setgid(2)',
  },
  commandLine: flag('gid', 'N', asNumber),
  like: { systemd: 'Group=', go: 'Credential.Gid', utilLinux: 'setpriv --regid', python: 'group' },
});
