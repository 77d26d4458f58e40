import { RESET_ON_FORK, schedPolicies } from '../plan/sched-policies.js';
import { checkInteger, invalidArgType, invalidArgValue } from '../validate.js';
import { attribute, checkedValue } from './attribute.js';
import type { Codec } from './codecs.js';
import { wrong } from './codecs.js';
import { asText, flag } from './flags.js';
import { schedPriority } from './sched-priority.js';
import { schedResetOnFork } from './sched-reset-on-fork.js';

/** A scheduling policy: its name, or the kernel's number, 0 … 2³¹−1. Source: sched(7). */
export type SchedPolicy = 'SCHED_OTHER' | 'SCHED_FIFO' | 'SCHED_RR' | 'SCHED_BATCH' | 'SCHED_IDLE' | number;

export interface SchedPolicyOption {
  /** Scheduling policy. Source: sched_setscheduler(2). */
  schedPolicy?: SchedPolicy | undefined;
}

const policy: Codec<number> = {
  check(name, value) {
    if (typeof value === 'number') return checkInteger(name, value, 0, 0x7fffffff);
    if (typeof value !== 'string') throw invalidArgType(name, 'of type string or number', value);
    const number = schedPolicies.indexOf(value);
    if (number < 0)
      throw invalidArgValue(name, value, `must be one of ${schedPolicies.filter(Boolean).join(', ')}`);
    return number;
  },
  wrong: () => [
    wrong('ERR_INVALID_ARG_VALUE', 'an unknown name', 'FIFO'),
    wrong('ERR_INVALID_ARG_VALUE', 'an empty name', ''),
    wrong('ERR_INVALID_ARG_TYPE', 'null', null),
    wrong('ERR_INVALID_ARG_TYPE', 'an array', ['SCHED_FIFO']),
    wrong('ERR_OUT_OF_RANGE', '-1', -1),
    wrong('ERR_OUT_OF_RANGE', 'a fraction', 1.5),
    wrong('ERR_OUT_OF_RANGE', '2 ** 31', 2 ** 31),
  ],
};

export const schedPolicy = attribute<SchedPolicyOption>()({
  name: 'schedPolicy',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  codec: policy,
  right: () => ['SCHED_OTHER', 'SCHED_BATCH', 5],
  phase: 'scheduling',
  memory: 'shared',
  key: (policy) => `${policy}`,
  steps: (policy, all) => [
    {
      op: 'setscheduler',
      policy: checkedValue(all, schedResetOnFork) ? policy | RESET_ON_FORK : policy,
      priority: checkedValue(all, schedPriority) ?? 0,
    },
  ],
  trial: () => ({ schedPolicy: 'SCHED_BATCH' }),
  documentation: {
    errors: 'EPERM, EINVAL of `setscheduler`',
    shape: "name or the kernel's number",
    default: { posix: "the parent's" },
    meaning:
      "`SchedPolicy`: `'SCHED_OTHER'`, `'SCHED_FIFO'`, `'SCHED_RR'`, `'SCHED_BATCH'`, `'SCHED_IDLE'`. sched_setscheduler(2)",
  },
  commandLine: flag('sched-policy', 'NAME', (text) => asText(text) as SchedPolicy),
  like: {
    posix: 'POSIX_SPAWN_SETSCHEDULER',
    systemd: 'CPUSchedulingPolicy=',
    utilLinux: 'chrt',
    python: 'os.sched_setscheduler',
  },
});
