import { attribute } from './attribute.js';
import { integer } from './codecs.js';
import { asInteger, flag } from './flags.js';

export interface OomScoreAdjOption {
  /**
   * How readily the kernel ends the program where memory runs out: −1000 (never) … 1000 (first). Below this process's own
   * value the caller needs CAP_SYS_RESOURCE, else EACCES. Default: this process's own. Source: proc_pid_oom_score_adj(5).
   */
  oomScoreAdj?: number | undefined;
}

export const oomScoreAdj = attribute<OomScoreAdjOption>()({
  name: 'oomScoreAdj',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  codec: integer(-1000, 1000),
  right: () => [-1000, 0, 1000],
  phase: 'placement',
  memory: 'own',
  key: (score) => `${score}`,
  steps: (score) => [{ op: 'oom-score-adj', score }],
  trial: () => ({ oomScoreAdj: 1000 }),
  documentation: {
    errors: 'EACCES of `oom-score-adj`',
    shape: '−1000 … 1000',
    default: { posix: "the parent's" },
    meaning:
      'How readily the kernel ends the program where memory runs out. EACCES without the right to lower it (CAP_SYS_RESOURCE). proc_pid_oom_score_adj(5)',
  },
  commandLine: flag('oom-score-adj', 'N', asInteger),
  like: { systemd: 'OOMScoreAdjust=', utilLinux: 'choom' },
});
