import { attribute } from './attribute.js';
import { boolean } from './codecs.js';
import { toggle } from './flags.js';

export interface NoNewPrivsOption {
  /**
   * true: no exec gives the program, or what it starts, more rights than it has: set-user-ID, set-group-ID and file
   * capabilities have no effect. It cannot be taken back; false leaves it as this process has it. Default: false.
   * Source: PR_SET_NO_NEW_PRIVS(2const).
   */
  noNewPrivs?: boolean | undefined;
}

export const noNewPrivs = attribute<NoNewPrivsOption>()({
  name: 'noNewPrivs',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  codec: boolean,
  right: () => [true, false],
  phase: 'promise',
  memory: 'shared',
  key: (on) => (on ? 'n' : ''),
  steps: (on) => (on ? [{ op: 'no-new-privs' }] : []),
  trial: () => ({ noNewPrivs: true }),
  documentation: {
    shape: 'boolean',
    default: { posix: '`false`' },
    meaning:
      'true: set-user-ID, set-group-ID and file capabilities give the program, and what it starts, no rights. It cannot be taken back: false leaves it as the parent has it. PR_SET_NO_NEW_PRIVS(2const)',
  },
  commandLine: toggle('no-new-privs'),
  like: { systemd: 'NoNewPrivileges=', utilLinux: 'setpriv --no-new-privs' },
});
