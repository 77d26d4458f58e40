import { attribute } from './attribute.js';
import { boolean } from './codecs.js';
import { toggle } from './flags.js';

export interface ResetIdsOption {
  /**
   * true: effective user and group id back to the real ones. The child then gets a copy of this process's memory, at
   * the cost of fork (docs/ladder.md). Default: false. Source: setresuid(2), setresgid(2).
   */
  resetIds?: boolean | undefined;
}

export const resetIds = attribute<ResetIdsOption>()({
  name: 'resetIds',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  codec: boolean,
  right: () => [true, false],
  // after the scheduler, which may need the rights of the effective user
  phase: 'scheduling',
  memory: 'copy',
  steps: (on) => (on ? [{ op: 'reset-ids' }] : []),
  key: (on) => (on ? null : ''),
  trial: () => ({ resetIds: true }),
  documentation: {
    shape: 'boolean',
    default: { posix: '`false`' },
    meaning:
      "Effective user and group id are set to the real ones. Such a child gets a copy of this process's memory, at the price of fork: [ladder.md](ladder.md).",
  },
  commandLine: toggle('reset-ids'),
  like: { posix: 'POSIX_SPAWN_RESETIDS', python: 'os.setresuid' },
});
