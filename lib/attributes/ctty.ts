import { invalidArgValue } from '../validate.js';
import { attribute } from './attribute.js';
import { oneFd } from './codecs.js';
import { asNumber, flag } from './flags.js';
import { leadsSession } from './session.js';
import { withOwnTerminal } from './trial-values.js';

export interface CttyOption {
  /**
   * The number of a terminal in the child, as `fds` and `fileActions` leave it, which becomes the controlling terminal of
   * its new session: with `setsid` only. ENOTTY if it is none, EPERM if another session has it. Default: none. Source:
   * TIOCSCTTY in ioctl_tty(2).
   */
  ctty?: number | undefined;
}

export const ctty = attribute<CttyOption>()({
  name: 'ctty',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  codec: oneFd,
  right: () => [0, 2 ** 31 - 1],
  needs: { setsid: true },
  phase: 'terminal',
  memory: 'shared',
  steps: (fd) => [{ op: 'ctty', fd }],
  key: (fd) => `${fd}`,
  contradictions: [
    {
      with: 'no setsid',
      refuse(name, given, _fd, all, call) {
        if (!leadsSession(all, call))
          throw invalidArgValue(name, given, 'needs setsid: a terminal belongs to the leader of a session');
      },
    },
  ],
  trial: withOwnTerminal,
  documentation: {
    errors: 'EBADF, ENOTTY, EPERM of `ctty`',
    shape: 'descriptor of the child',
    default: { posix: 'none' },
    meaning:
      'This terminal becomes the controlling one of the new session; only with `setsid` (in the drop-in also with `detached`). ENOTTY if it is no terminal, EPERM if another session has it: [terminals.md](terminals.md). TIOCSCTTY',
  },
  commandLine: flag('ctty', 'N', asNumber),
  like: { systemd: 'TTYPath=', go: 'SysProcAttr.Setctty, Ctty', utilLinux: 'setsid --ctty' },
});
