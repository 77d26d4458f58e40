import { attribute } from './attribute.js';
import { integer } from './codecs.js';
import { asInteger, flag } from './flags.js';

export interface NiceOption {
  /**
   * Nice value, −20 (most favourable) … 19: the value itself, not an increment. Below this process's own value the caller
   * needs CAP_SYS_NICE or RLIMIT_NICE, else EACCES. Default: this process's own. Source: setpriority(2).
   */
  nice?: number | undefined;
}

export const nice = attribute<NiceOption>()({
  name: 'nice',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  codec: integer(-20, 19),
  right: () => [-20, 0, 19],
  phase: 'scheduling',
  memory: 'shared',
  key: (nice) => `${nice}`,
  steps: (nice) => [{ op: 'nice', nice }],
  trial: () => ({ nice: 19 }),
  documentation: {
    errors: 'EACCES of `nice`',
    shape: '−20 … 19',
    default: { posix: "the parent's" },
    meaning:
      'Nice value, the value itself and not an increment. EACCES without the right to lower it. setpriority(2)',
  },
  commandLine: flag('nice', 'N', asInteger),
  like: { systemd: 'Nice=', utilLinux: 'renice', python: 'os.setpriority' },
});
