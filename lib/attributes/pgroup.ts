import { attribute } from './attribute.js';
import { integer } from './codecs.js';
import { asNumber, flag } from './flags.js';

export interface PgroupOption {
  /** Process group to join, 0 … 2³¹−1; 0: a new one, led by the child. EPERM with `setsid`. Source: setpgid(2). */
  pgroup?: number | undefined;
}

export const pgroup = attribute<PgroupOption>()({
  name: 'pgroup',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  codec: integer(0, 0x7fffffff),
  right: () => [0, 1, 2 ** 31 - 1],
  // after setsid, as glibc and musl
  phase: 'session',
  memory: 'shared',
  key: (pgroup) => `${pgroup}`,
  steps: (pgroup) => [{ op: 'setpgid', pgroup }],
  // as in Go
  implied: { by: ['foreground'], steps: () => [{ op: 'setpgid', pgroup: 0 }] },
  trial: () => ({ pgroup: 0 }),
  documentation: {
    errors: 'EPERM of `setpgid`',
    shape: 'integer ≥ 0',
    default: { posix: "0 with `foreground`, else the parent's group" },
    meaning:
      'The process group to join; 0: a new one, led by the child. EPERM together with `setsid`, whose child leads a group already. setpgid(2)',
  },
  commandLine: flag('pgroup', 'N', asNumber),
  like: { posix: 'POSIX_SPAWN_SETPGROUP', go: 'SysProcAttr.Setpgid, Pgid', python: 'process_group' },
});
