import type { ParsedAttributes, SpawnAttributes } from '../options/attributes.js';
import { checkGroups, parse, parseAttributes } from '../options/attributes.js';
import type { FileActions } from '../options/file-actions.js';
import { checkFileActions, stepsOf } from '../options/file-actions.js';
import type { Step } from '../plan/vocabulary.js';
import { checkEach, checkFd, invalidArgType, invalidArgValue } from '../validate.js';

/**
 * What `spawn` and its siblings take here besides Node's own options: the attributes of `posixSpawn` (`uid` and `gid`
 * are Node's own), and which descriptors survive.
 *
 * What is absent is as libuv has it, which is not always as the attribute says for `posixSpawn`: signals 1 to 31 have
 * their default action (`sigdefault` adds to that), none is blocked (`sigmask`), `groups` are dropped with `uid` or
 * `gid` where that is allowed, and `cloexecDefault` is true. A wrong value is a TypeError or RangeError, thrown before
 * anything happens.
 */
export interface MoreOptions extends Omit<SpawnAttributes, 'uid' | 'gid'> {
  /**
   * Descriptors of this process that the program gets under the same numbers; one that is not open is EBADF, one that
   * `stdio` settles is refused. `'all'`: every inheritable one, as in Node. Default: `[]`.
   */
  inheritFds?: readonly number[] | 'all' | undefined;
  /** What the child does with its descriptors after `stdio` and `cwd`, in order. Default: nothing. */
  fileActions?: FileActions | undefined;
}

export interface Extras {
  readonly attributes: ParsedAttributes;
  /** null: absent. */
  readonly groups: readonly number[] | null;
  readonly inheritAll: boolean;
  readonly inherits: readonly Step[];
  readonly actions: readonly Step[];
}

const list = [
  'pgroup',
  'setsid',
  'resetIds',
  'groups',
  'sigmask',
  'sigdefault',
  'sigignore',
  'schedPolicy',
  'schedPriority',
  'umask',
  'cloexecDefault',
  'inheritFds',
  'fileActions',
] satisfies (keyof MoreOptions)[];
const names: ReadonlySet<string> = new Set(list);

type Loose = Readonly<Record<string, unknown>>;

/** Of a start without any of these options. */
export const noExtras: Extras = parseAll({ __proto__: null } as unknown as Loose);

/**
 * @throws TypeError, RangeError. What Node does not know it ignores; of these names it is checked.
 */
export function parseExtras(options: Loose): Extras {
  for (const name of list) if (name in options) return parseAll(options);
  return noExtras;
}

/** These options alone. */
export function pickExtras(options: Loose): Loose {
  const picked: Record<string, unknown> = { __proto__: null };
  for (const name in options) if (names.has(name)) picked[name] = options[name];
  return picked;
}

function parseAll(options: Loose): Extras {
  // uid and gid are set as Node sets them, groups beside them
  const { uid: _uid, gid: _gid, groups: _groups, ...others } = options;
  const attributes = parseAttributes({ __proto__: null, cloexecDefault: true, ...others });
  const inheritFds = parse(options, 'inheritFds', [], (name, value) =>
    value === 'all' ? value : checkInheritable(name, value, slotsOf(options)),
  );
  const fileActions = parse(options, 'fileActions', null, checkFileActions);
  return {
    attributes,
    groups: parse(options, 'groups', null, checkGroups),
    inheritAll: inheritFds === 'all' || !attributes.cloexecDefault,
    inherits:
      inheritFds === 'all' ? [] : inheritFds.map((fd, action) => ({ op: 'inherit', fd, action }) as const),
    actions: fileActions === null ? [] : stepsOf(fileActions),
  };
}

function slotsOf({ stdio }: Loose): number {
  return Array.isArray(stdio) ? Math.max(3, stdio.length) : 3;
}

function checkInheritable(name: string, value: unknown, slots: number): readonly number[] {
  if (!Array.isArray(value)) throw invalidArgType(name, "an instance of Array or 'all'", value);
  return checkEach(name, value, (entryName, entry) => {
    const fd = checkFd(entryName, entry);
    if (fd < slots) throw invalidArgValue(entryName, entry, 'is a number that options.stdio settles');
    return fd;
  });
}
