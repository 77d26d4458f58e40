import { attribute } from './attribute.js';
import { boolean } from './codecs.js';
import { asOnOrOff, flag } from './flags.js';

export interface TransparentHugePagesOption {
  /**
   * false: the program and its children have none. true: as the system is set up. Default: as this process. Source:
   * PR_SET_THP_DISABLE(2const).
   */
  transparentHugePages?: boolean | undefined;
}

export const transparentHugePages = attribute<TransparentHugePagesOption>()({
  name: 'transparentHugePages',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  codec: boolean,
  right: () => [true, false],
  phase: 'placement',
  memory: 'own',
  key: (allowed) => `${allowed}`,
  steps: (allowed) => [{ op: 'transparent-huge-pages', allowed: allowed ? 1 : 0 }],
  trial: () => ({ transparentHugePages: false }),
  documentation: {
    shape: 'boolean',
    default: { posix: "the parent's" },
    meaning: 'false: no transparent huge pages. true: as the system is set up. PR_SET_THP_DISABLE(2const)',
  },
  commandLine: flag('transparent-huge-pages', 'on|off', asOnOrOff),
  like: {},
});
