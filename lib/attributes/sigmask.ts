import type { Signal } from '../signals.js';
import { attribute } from './attribute.js';
import { asSignals, flag } from './flags.js';
import { changeableSignals } from './signal-codecs.js';

export interface SigmaskOption {
  /**
   * The signals that are blocked in the program, no others; `[]`: none. Absent: those that the calling thread blocks.
   * SIGKILL and SIGSTOP are refused. Source: sigprocmask(2).
   */
  sigmask?: readonly Signal[] | undefined;
}

export const sigmask = attribute<SigmaskOption>()({
  name: 'sigmask',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  codec: changeableSignals,
  right: () => [[], ['SIGTERM', 'SIGRTMAX-1', 2]],
  phase: 'mask',
  memory: 'shared',
  key: () => '',
  defaults: { dropIn: 0n },
  set(settings, mask) {
    settings.signalMask = mask;
  },
  documentation: {
    shape: 'array of [`Signal`](signals.md)',
    default: { posix: "the calling thread's mask", dropIn: '`[]`' },
    meaning: 'The signals blocked in the program; `[]` blocks none. SIGKILL and SIGSTOP are refused.',
  },
  commandLine: flag('sigmask', 'LIST', asSignals),
  like: { posix: 'POSIX_SPAWN_SETSIGMASK', python: 'signal.pthread_sigmask' },
});
