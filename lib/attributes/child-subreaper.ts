import { attribute } from './attribute.js';
import { boolean } from './codecs.js';
import { toggle } from './flags.js';

export interface ChildSubreaperOption {
  /**
   * true: the program becomes the parent of its descendants whose own parent has ended, and can wait for them.
   * Default: false. Source: PR_SET_CHILD_SUBREAPER(2const).
   */
  childSubreaper?: boolean | undefined;
}

export const childSubreaper = attribute<ChildSubreaperOption>()({
  name: 'childSubreaper',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  codec: boolean,
  right: () => [true, false],
  phase: 'promise',
  memory: 'shared',
  key: (on) => (on ? 'r' : ''),
  steps: (on) => (on ? [{ op: 'child-subreaper' }] : []),
  trial: () => ({ childSubreaper: true }),
  documentation: {
    shape: 'boolean',
    default: { posix: '`false`' },
    meaning:
      'true: the program becomes the parent of its descendants whose own parent has ended. PR_SET_CHILD_SUBREAPER(2const)',
  },
  commandLine: toggle('child-subreaper'),
  like: {},
});
