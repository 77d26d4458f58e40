import { attribute } from './attribute.js';
import { asRanges, numbers, toWords } from './bit-words.js';
import { flag } from './flags.js';
import { ownCpus } from './trial-values.js';

export interface CpuAffinityOption {
  /**
   * The CPUs on which the program may run, by their numbers, 0 … 8191; at least one. EINVAL where one of them is not
   * there, is offline, or is outside of this process's cpuset. Default: those of the calling thread.
   * Source: sched_setaffinity(2).
   */
  cpuAffinity?: readonly number[] | undefined;
}

export const cpuAffinity = attribute<CpuAffinityOption>()({
  name: 'cpuAffinity',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  // the most CPUs that a kernel for these processors can be built for
  codec: numbers(8191, 'CPU'),
  right: () => [[0], [0, 31, 32, 8191]],
  phase: 'scheduling',
  memory: 'shared',
  key: (cpus) => cpus.join(),
  steps: (cpus) => [{ op: 'affinity', cpus: toWords(cpus) }],
  trial: () => ({ cpuAffinity: ownCpus() }),
  documentation: {
    errors: 'EINVAL of `affinity`',
    shape: 'array of CPU numbers',
    default: { posix: "the calling thread's" },
    meaning:
      'The CPUs on which the program may run. EINVAL if one of them is missing, offline, or outside of the cpuset. sched_setaffinity(2)',
  },
  commandLine: { ...flag('cpu-affinity', 'LIST', asRanges), about: '0-3,8' },
  like: { systemd: 'CPUAffinity=', utilLinux: 'taskset --cpu-list' },
});
