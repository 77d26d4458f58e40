import type { Securebit } from '../plan/securebits.js';
import { securebitsByName } from '../plan/securebits.js';
import { attribute } from './attribute.js';
import { asList, flag } from './flags.js';
import { allBitsOf } from './named-bits.js';

export type { Securebit };

export interface SecurebitsOption {
  /**
   * All secure bits of the program: those that are not named are cleared. EPERM without CAP_SETPCAP, or where this
   * process has locked one. `'keep_caps'` acts only until exec, which clears it. Default: those of the calling thread.
   * Source: PR_SET_SECUREBITS(2const).
   */
  securebits?: readonly Securebit[] | undefined;
}

export const securebits = attribute<SecurebitsOption>()({
  name: 'securebits',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  codec: allBitsOf(securebitsByName),
  right: () => [['noroot', 'noroot_locked'], ['no_cap_ambient_raise'], []],
  // before the user: they decide what its change does to capabilities, and afterwards the right to set them is gone
  phase: 'identity',
  memory: 'shared',
  key: (bits) => `${bits}`,
  steps: (bits) => [{ op: 'securebits', bits }],
  trial: () => ({ securebits: [] }),
  documentation: {
    errors: 'EPERM of `securebits`',
    shape: 'array of names',
    default: { posix: "the calling thread's" },
    meaning:
      "All secure bits; those that are not named are cleared (type `Securebit`): `'noroot'`, `'no_setuid_fixup'`, `'keep_caps'`, `'no_cap_ambient_raise'`, each also with `_locked`. Exec clears `'keep_caps'`. EPERM without CAP_SETPCAP. PR_SET_SECUREBITS(2const)",
  },
  commandLine: flag('securebits', 'LIST', (text) => asList(text) as Securebit[]),
  like: { systemd: 'SecureBits=', utilLinux: 'setpriv --securebits' },
});
