import { attribute } from './attribute.js';
import { boolean } from './codecs.js';
import { toggle } from './flags.js';

export interface SetsidOption {
  /** true: a new session, led by the child, without a terminal. Default: false. Source: setsid(2). */
  setsid?: boolean | undefined;
}

export const setsid = attribute<SetsidOption>()({
  name: 'setsid',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  codec: boolean,
  right: () => [true, false],
  phase: 'session',
  memory: 'shared',
  steps: (on) => (on ? [{ op: 'setsid' }] : []),
  key: (on) => (on ? 's' : ''),
  trial: () => ({ setsid: true }),
  documentation: {
    shape: 'boolean',
    default: { posix: '`false`' },
    meaning: 'A new session, led by the child. setsid(2)',
  },
  commandLine: toggle('setsid'),
  like: {
    posix: 'POSIX_SPAWN_SETSID',
    go: 'SysProcAttr.Setsid',
    utilLinux: 'setsid',
    python: 'start_new_session',
  },
});
