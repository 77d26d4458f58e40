import { attribute } from './attribute.js';
import { integer } from './codecs.js';
import { asNumber, flag } from './flags.js';

export interface TimerSlackOption {
  /**
   * By how many nanoseconds the kernel may delay the program's timers, 1 … 2⁵³−1. 0: what the calling thread has.
   * EINVAL with a real-time policy, which has no slack. Default: the calling thread's. Source: PR_SET_TIMERSLACK(2const).
   */
  timerSlack?: number | undefined;
}

export const timerSlack = attribute<TimerSlackOption>()({
  name: 'timerSlack',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  codec: integer(0, Number.MAX_SAFE_INTEGER),
  right: () => [0, 1, Number.MAX_SAFE_INTEGER],
  // after the policy: to set one sets the slack, too
  phase: 'scheduling',
  memory: 'shared',
  key: (nanoseconds) => `${nanoseconds}`,
  steps: (nanoseconds) => [{ op: 'timer-slack', nanoseconds: BigInt(nanoseconds) }],
  trial: () => ({ timerSlack: 50_000 }),
  documentation: {
    errors: 'EINVAL of `timer-slack`',
    shape: 'nanoseconds ≥ 0',
    default: { posix: "the calling thread's" },
    meaning:
      "By how much the kernel may delay the program's timers. 0: as the calling thread has it. EINVAL with a real-time policy, which has no slack. PR_SET_TIMERSLACK(2const)",
  },
  commandLine: flag('timer-slack', 'NS', asNumber),
  like: { systemd: 'TimerSlackNSec=' },
});
