import type { DoorName } from './attribute.js';
import { cloexecDefault } from './cloexec-default.js';
import type { attributes } from './index.js';
import { Settings } from './settings.js';
import { sigdefault } from './sigdefault.js';
import { sigmask } from './sigmask.js';

/**
 * What a start needs to know of the attributes if it gives none. This and what it imports is all of lib/attributes/ that
 * the first start of most programs loads.
 */

/** The attributes that have a default at a door, in the order of the index; test/plan/defaults.test.ts finds one more. */
const withDefaults = [cloexecDefault, sigmask, sigdefault];

/** The settings of a start that gives no option. */
export function defaultsOf(door: DoorName): Settings {
  const settings = new Settings([], null);
  for (const { defaults, set } of withDefaults)
    if (Object.hasOwn(defaults, door)) set?.(settings, defaults[door] as never);
  return settings;
}

/** The settings of every start of the drop-in that gives none of our options. */
export const noSettings = new Settings([], defaultsOf('dropIn'));
Object.freeze(noSettings);

/** The options that the drop-in adds to Node's, in the order of the index. */
export const dropInNames = [
  'fileActions',
  'cloexecDefault',
  'inheritFds',
  'sigmask',
  'sigdefault',
  'sigignore',
  'setsid',
  'pgroup',
  'umask',
  'schedPolicy',
  'schedPriority',
  'schedResetOnFork',
  'nice',
  'cpuAffinity',
  'ioPriority',
  'numaPolicy',
  'timerSlack',
  'resetIds',
  'ctty',
  'noctty',
  'foreground',
  'cgroup',
  'oomScoreAdj',
  'coredumpFilter',
  'transparentHugePages',
  'memoryMerge',
  'chroot',
  'rlimits',
  'keyring',
  'securebits',
  'groups',
  'capabilities',
  'pdeathsig',
  'dieWithParent',
  'securityLabel',
  'noNewPrivs',
  'personality',
  'childSubreaper',
  'ptrace',
  'execFd',
  'waitForExec',
] as const;

type DropInName = Extract<(typeof attributes)[number], { doors: { dropIn: 'own' } }>['name'];
/** None is missing, and none is another: else this does not compile. */
true satisfies [DropInName] extends [(typeof dropInNames)[number]] ? true : never;
dropInNames satisfies readonly DropInName[];
