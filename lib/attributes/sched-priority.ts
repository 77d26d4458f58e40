import { attribute } from './attribute.js';
import { integer } from './codecs.js';
import { asNumber, flag } from './flags.js';

export interface SchedPriorityOption {
  /**
   * Static priority, 0 … 99; 0 for all policies but SCHED_FIFO and SCHED_RR. Default: 0 with `schedPolicy`, else this
   * process's own. Source: sched_setparam(2).
   */
  schedPriority?: number | undefined;
}

export const schedPriority = attribute<SchedPriorityOption>()({
  name: 'schedPriority',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  codec: integer(0, 99),
  right: () => [0, 99],
  phase: 'scheduling',
  memory: 'shared',
  key: (priority) => `${priority}`,
  // beside schedPolicy it is a part of that step
  steps: (priority, all) => (Object.hasOwn(all, 'schedPolicy') ? [] : [{ op: 'setparam', priority }]),
  trial: () => ({ schedPolicy: 'SCHED_OTHER', schedPriority: 0 }),
  documentation: {
    errors: 'EPERM, EINVAL of `setparam`',
    shape: '0 … 99',
    default: { posix: "0 with `schedPolicy`, else the parent's" },
    meaning: 'Static priority; 0 for all but SCHED_FIFO and SCHED_RR. Alone: sched_setparam(2).',
  },
  commandLine: flag('sched-priority', 'N', asNumber),
  like: {
    posix: 'POSIX_SPAWN_SETSCHEDPARAM',
    systemd: 'CPUSchedulingPriority=',
    utilLinux: 'chrt',
    python: 'os.sched_setparam',
  },
});
