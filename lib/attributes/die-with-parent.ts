import { invalidArgValue } from '../validate.js';
import { attribute, checkedValue } from './attribute.js';
import { boolean } from './codecs.js';
import { toggle } from './flags.js';
import { pdeathsig } from './pdeathsig.js';

export interface DieWithParentOption {
  /** true: `pdeathsig: 'SIGKILL'`, the program is killed when this process ends. Default: false. */
  dieWithParent?: boolean | undefined;
}

const SIGKILL = 9;

export const dieWithParent = attribute<DieWithParentOption>()({
  name: 'dieWithParent',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  codec: boolean,
  right: () => [true, false],
  phase: 'parent',
  memory: 'shared',
  key: (on) => (on ? 'd' : ''),
  set(settings, on) {
    if (on) settings.mainParent = true;
  },
  steps: (on) => (on ? [{ op: 'pdeathsig', sig: SIGKILL }] : []),
  contradictions: [
    {
      with: 'pdeathsig',
      refuse(name, given, on, all) {
        if (on && checkedValue(all, pdeathsig) !== undefined)
          throw invalidArgValue(name, given, 'must not be combined with pdeathsig, which it sets');
      },
    },
  ],
  trial: () => ({ dieWithParent: true }),
  documentation: {
    cost: 'a thread for this start: [about 20 µs](workers.md#a-program-that-ends-with-this-one)',
    shape: 'boolean',
    default: { posix: '`false`' },
    meaning: "`pdeathsig: 'SIGKILL'`: the program is killed when this process ends.",
  },
  commandLine: toggle('die-with-parent'),
  like: { utilLinux: 'setpriv --pdeathsig KILL' },
});
