import { attribute } from './attribute.js';
import { boolean } from './codecs.js';
import { toggle } from './flags.js';

export interface SchedResetOnForkOption {
  /**
   * true: children of the program do not inherit a real-time policy or a nice value below 0. With `schedPolicy` and
   * `schedPriority`, or with the policy that the program inherits. Without CAP_SYS_NICE it cannot be taken back.
   * Default: false. Source: SCHED_RESET_ON_FORK, sched(7).
   */
  schedResetOnFork?: boolean | undefined;
}

export const schedResetOnFork = attribute<SchedResetOnForkOption>()({
  name: 'schedResetOnFork',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  codec: boolean,
  right: () => [true, false],
  phase: 'scheduling',
  memory: 'shared',
  key: (on) => (on ? 'r' : ''),
  // beside schedPolicy it is a part of that step
  steps: (on, all) => (on && !Object.hasOwn(all, 'schedPolicy') ? [{ op: 'reset-on-fork' }] : []),
  trial: () => ({ schedResetOnFork: true }),
  documentation: {
    shape: 'boolean',
    default: { posix: '`false`' },
    meaning:
      'true: children of the program do not inherit a real-time policy or a nice value below 0. Alone: the policy stays, the flag is set. SCHED_RESET_ON_FORK, sched(7)',
  },
  commandLine: toggle('sched-reset-on-fork'),
  like: { systemd: 'CPUSchedulingResetOnFork=', utilLinux: 'chrt --reset-on-fork' },
});
