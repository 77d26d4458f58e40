import { attribute, checkedValue } from './attribute.js';
import { capabilities, keepCapabilities } from './capabilities.js';
import { id } from './codecs.js';
import { asNumber, flag } from './flags.js';

export interface UidOption {
  /**
   * User of the program, 0 … 2³²−2; for a privileged parent the real, effective and saved id. Set after all else, but
   * before exec: files are opened as the parent. Source: setuid(2).
   */
  uid?: number | undefined;
}

export const uid = attribute<UidOption>()({
  name: 'uid',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'node' },
  codec: id,
  right: () => [0, 2 ** 32 - 2],
  // the last one: after it the right to change the others is gone
  phase: 'identity',
  memory: 'own',
  steps: (uid, all) => [...keepCapabilities(checkedValue(all, capabilities)), { op: 'setuid', uid }],
  key: (uid) => `${uid}`,
  trial: () => ({ uid: process.geteuid?.() }),
  documentation: {
    errors: 'EPERM of `setuid`; EAGAIN of `execve`: `nproc` of that user',
    shape: '0 … 2³²−2',
    default: { posix: "the parent's" },
    meaning:
      'User of the program; for a privileged parent the real, effective and saved id. Like `gid` and `groups` it costs a second exec, not a copy of memory: [ladder.md](ladder.md#memory-of-its-own). setuid(2)',
  },
  commandLine: flag('uid', 'N', asNumber),
  like: { systemd: 'User=', go: 'Credential.Uid', utilLinux: 'setpriv --reuid', python: 'user' },
});
