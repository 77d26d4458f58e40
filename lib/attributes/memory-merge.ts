import { attribute } from './attribute.js';
import { boolean } from './codecs.js';
import { asOnOrOff, flag } from './flags.js';

export interface MemoryMergeOption {
  /**
   * true: the kernel may merge equal pages of the program with those of others (KSM). EINVAL before Linux 6.4; before 6.7
   * exec loses it. Default: as this process. Source: PR_SET_MEMORY_MERGE(2const).
   */
  memoryMerge?: boolean | undefined;
}

export const memoryMerge = attribute<MemoryMergeOption>()({
  name: 'memoryMerge',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  codec: boolean,
  right: () => [true, false],
  phase: 'placement',
  memory: 'own',
  key: (wanted) => `${wanted}`,
  steps: (wanted) => [{ op: 'memory-merge', wanted: wanted ? 1 : 0 }],
  trial: () => ({ memoryMerge: true }),
  documentation: {
    errors: 'EINVAL of `memory-merge`',
    kernel: '6.7, with KSM',
    shape: 'boolean',
    default: { posix: "the parent's" },
    meaning:
      'true: equal pages are merged with those of other processes (KSM); from Linux 6.7 on, EINVAL before 6.4. PR_SET_MEMORY_MERGE(2const)',
  },
  commandLine: flag('memory-merge', 'on|off', asOnOrOff),
  like: { systemd: 'MemoryKSM=' },
});
