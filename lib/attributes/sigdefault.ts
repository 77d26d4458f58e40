import type { Signal } from '../signals.js';
import { ALL_SIGNALS, signalBit } from '../signals.js';
import { invalidArgValue } from '../validate.js';
import { attribute, checkedValue } from './attribute.js';
import { asSignals, flag } from './flags.js';
import { orAll } from './list-codecs.js';
import { sigignore } from './sigignore.js';
import { signals } from './signal-codecs.js';

export interface SigdefaultOption {
  /**
   * Signals to set to their default action. Ignored signals that are not named stay ignored; Node ignores SIGPIPE.
   * `'all'`: all but those in `sigignore`. Default: `[]`. Source: sigaction(2).
   */
  sigdefault?: readonly Signal[] | 'all' | undefined;
}

/** Node ignores some, and a child must not inherit that. Real-time signals stay as they are, as in libuv. */
const STANDARD_SIGNALS = ((1n << 31n) - 1n) & ~signalBit(9) & ~signalBit(19);

export const sigdefault = attribute<SigdefaultOption>()({
  name: 'sigdefault',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  codec: orAll(signals),
  right: () => [[], 'all', ['SIGPIPE', 'SIGKILL', 34]],
  phase: 'signals',
  memory: 'shared',
  key: () => '',
  defaults: { dropIn: STANDARD_SIGNALS },
  // sigignore, which comes after it, takes out its own
  set(settings, set) {
    settings.signalsToDefault |= set === 'all' ? ALL_SIGNALS : set & ALL_SIGNALS;
  },
  contradictions: [
    {
      with: 'sigignore',
      refuse(name, given, set, all) {
        if (set !== 'all' && set & (checkedValue(all, sigignore) ?? 0n))
          throw invalidArgValue(name, given, 'must not name a signal that sigignore names too');
      },
    },
  ],
  documentation: {
    shape: "array of `Signal`, or `'all'`",
    default: { posix: '`[]`', dropIn: '1 to 31, and these' },
    meaning: 'Signals set to their default action.',
  },
  commandLine: flag('sigdefault', 'LIST|all', (text) => (text === 'all' ? text : asSignals(text))),
  like: { posix: 'POSIX_SPAWN_SETSIGDEF', systemd: 'IgnoreSIGPIPE=no', python: 'restore_signals' },
});
