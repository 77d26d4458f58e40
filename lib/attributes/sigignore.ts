import type { Signal } from '../signals.js';
import { attribute } from './attribute.js';
import { asSignals, flag } from './flags.js';
import { changeableSignals } from './signal-codecs.js';

export interface SigignoreOption {
  /**
   * Signals to ignore. SIGKILL and SIGSTOP are refused, and a signal that `sigdefault` names too. Default: `[]`.
   * Source: sigaction(2).
   */
  sigignore?: readonly Signal[] | undefined;
}

export const sigignore = attribute<SigignoreOption>()({
  name: 'sigignore',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  codec: changeableSignals,
  right: () => [[], ['SIGHUP', 13]],
  phase: 'signals',
  memory: 'shared',
  key: () => '',
  set(settings, set) {
    settings.signalsToIgnore = set;
    settings.signalsToDefault &= ~set;
  },
  documentation: {
    shape: 'array of `Signal`',
    default: { posix: '`[]`' },
    meaning:
      "Signals to ignore. A signal in both lists is refused; `'all'` leaves out what `sigignore` names.",
  },
  commandLine: flag('sigignore', 'LIST', asSignals),
  like: { systemd: 'IgnoreSIGPIPE=yes', python: 'signal.signal' },
});
