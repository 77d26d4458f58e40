import { invalidArgValue } from '../validate.js';
import { attribute } from './attribute.js';
import { boolean } from './codecs.js';
import { toggle } from './flags.js';
import { leadsSession } from './session.js';

export interface NocttyOption {
  /**
   * true: the program has no controlling terminal, but stays in the session; so /dev/tty cannot be opened. Descriptors of
   * the terminal stay open. Not with `setsid`, whose session has none. Default: false. Source: TIOCNOTTY in ioctl_tty(2).
   */
  noctty?: boolean | undefined;
}

export const noctty = attribute<NocttyOption>()({
  name: 'noctty',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  codec: boolean,
  right: () => [true, false],
  phase: 'terminal',
  memory: 'shared',
  steps: (on) => (on ? [{ op: 'noctty' }] : []),
  key: (on) => (on ? 'n' : ''),
  contradictions: [
    {
      // the leader of a session that gives up its terminal sends SIGHUP to the foreground group, which is its own
      with: 'setsid',
      refuse(name, given, on, all, call) {
        if (on && leadsSession(all, call))
          throw invalidArgValue(name, given, 'cannot be used with setsid: a new session has no terminal');
      },
    },
  ],
  trial: () => ({ noctty: true }),
  documentation: {
    errors: 'ENOENT of `noctty`',
    shape: 'boolean',
    default: { posix: '`false`' },
    meaning:
      'The program has no controlling terminal, but stays in its session. If there is none, nothing is done. Not with `setsid`, whose session has none. TIOCNOTTY',
  },
  commandLine: toggle('noctty'),
  like: { go: 'SysProcAttr.Noctty' },
});
