import type { Signal } from '../signals.js';
import { attribute } from './attribute.js';
import type { Codec } from './codecs.js';
import { asSignal, flag } from './flags.js';
import { signal } from './signal-codecs.js';

export interface PdeathsigOption {
  /**
   * The signal that the program gets when this process ends, however it ends. A Worker that ends is not the end of the
   * process. The kernel forgets it if the program changes its ids or gets more rights, as a set-user-ID program does;
   * its own children do not have it. Default: none. Source: PR_SET_PDEATHSIG(2const).
   */
  pdeathsig?: Signal | undefined;
}

const deathSignal: Codec<number> = {
  check: signal.check,
  wrong: () => signal.wrong().filter(({ value }) => value !== undefined),
};

export const pdeathsig = attribute<PdeathsigOption>()({
  name: 'pdeathsig',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  codec: deathSignal,
  right: () => ['SIGTERM', 'SIGRTMIN+1', 9],
  phase: 'parent',
  memory: 'shared',
  key: (number) => `${number}`,
  set(settings) {
    settings.mainParent = true;
  },
  steps: (number) => [{ op: 'pdeathsig', sig: number }],
  trial: () => ({ pdeathsig: 'SIGTERM' }),
  documentation: {
    cost: 'a thread for this start: [about 20 µs](workers.md#a-program-that-ends-with-this-one)',
    shape: '[`Signal`](signals.md)',
    default: { posix: 'none' },
    meaning:
      'The signal that the program gets when this process ends, however it ends. [workers.md](workers.md#a-program-that-ends-with-this-one)',
  },
  commandLine: flag('pdeathsig', 'SIGNAL', asSignal),
  like: { go: 'SysProcAttr.Pdeathsig', utilLinux: 'setpriv --pdeathsig' },
});
