import { invalidArgValue } from '../validate.js';
import type { Contradiction } from './attribute.js';
import { attribute, checkedValue } from './attribute.js';
import { oneFd } from './codecs.js';
import { ctty } from './ctty.js';
import { asNumber, flag } from './flags.js';
import { noctty } from './noctty.js';
import { leadsSession } from './session.js';

export interface ForegroundOption {
  /**
   * The number of the controlling terminal in the child: the child's process group becomes its foreground group. Implies
   * `pgroup: 0`; with another `pgroup`, that group. Works from the background too. Default: no change. Source:
   * tcsetpgrp(3).
   */
  foreground?: number | undefined;
}

/** Of the same option: which of the others is given decides the reason that the error tells. */
const contradictions: readonly Contradiction<number>[] = [
  {
    with: 'ctty',
    refuse(name, given, _fd, all) {
      if (checkedValue(all, ctty) !== undefined)
        throw invalidArgValue(name, given, 'cannot be used with ctty, whose group is in the foreground');
    },
  },
  {
    with: 'noctty',
    refuse(name, given, _fd, all) {
      if (checkedValue(all, noctty) === true)
        throw invalidArgValue(name, given, 'cannot be used with noctty: it needs the terminal');
    },
  },
  {
    with: 'setsid',
    refuse(name, given, _fd, all, call) {
      if (leadsSession(all, call))
        throw invalidArgValue(name, given, 'cannot be used with setsid: a new session has no terminal');
    },
  },
];

export const foreground = attribute<ForegroundOption>()({
  name: 'foreground',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  codec: oneFd,
  right: () => [0, 2 ** 31 - 1],
  phase: 'terminal',
  memory: 'shared',
  steps: (fd) => [{ op: 'tcsetpgrp', fd }],
  key: (fd) => `${fd}`,
  contradictions,
  documentation: {
    errors: 'EBADF, ENOTTY of `tcsetpgrp`',
    shape: 'descriptor of the child',
    default: { posix: 'no change' },
    meaning:
      "The child's process group becomes the foreground group of this terminal, its controlling one; also from the background. Implies `pgroup: 0`; with another `pgroup`, that group. ENOTTY if it is another terminal or none. tcsetpgrp(3)",
  },
  commandLine: flag('foreground', 'N', asNumber),
  like: { posix: 'posix_spawn_file_actions_addtcsetpgrp_np', go: 'SysProcAttr.Foreground' },
});
