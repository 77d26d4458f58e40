import { checkEach, checkString, copyOfObject, invalidArgValue } from '../validate.js';
import { killAll, removeAll } from './end.js';
import { cgroupError, codeOf } from './errors.js';
import { processesIn } from './files.js';
import type { Hierarchy } from './hierarchies.js';
import { readHierarchies } from './hierarchies.js';
import type { CgroupLimits, Limits, Places } from './limits.js';
import { checkLimits, controllersOf, setLimits } from './limits.js';
import type { Place } from './place.js';
import { hierarchyWith, makePlace } from './place.js';
import type { CgroupUsage } from './usage.js';
import { readUsage } from './usage.js';

export interface CgroupOptions extends CgroupLimits {
  /**
   * The cgroup in which to make it, as /proc/PID/cgroup has it: `'/user.slice'`. Default: that of this process; with v2,
   * if that one cannot hand on the controllers, the nearest above it that does.
   */
  parent?: string | undefined;
  /** Its name there. Default: a new one, which begins with `forkless-`. */
  name?: string | undefined;
  /** Controllers whose {@link Cgroup.usage} is wanted without a limit: `'memory'`, `'pids'`, `'cpu'`. */
  controllers?: readonly string[] | undefined;
}

/** A cgroup that {@link createCgroup} has made. */
export interface Cgroup extends AsyncDisposable {
  /** Its folders, one for each hierarchy: the value of the option `cgroup`. */
  readonly paths: readonly string[];
  /**
   * Changes its limits. A controller that it was not made with is ENOTSUP, and then nothing is changed.
   * @throws the error of the file, with `code` and `path`; ERANGE where the kernel did not take the whole value
   */
  set(limits: CgroupLimits): Promise<void>;
  /** What its processes use and have used. */
  usage(): Promise<CgroupUsage>;
  /** The pids of the processes in it and in the cgroups that they have made below it. */
  processes(): Promise<number[]>;
  /**
   * Kills all of them, and resolves when none is left: with cgroup.kill, else frozen first.
   * @throws ETIMEDOUT where one has not ended after 10 seconds
   */
  kill(): Promise<void>;
  /**
   * Removes it, and the cgroups below it. Once it is removed, it does nothing.
   * @throws EBUSY where processes are left in it
   */
  remove(): Promise<void>;
  /** Kills all of its processes and removes it, at the end of a block with `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** As checked. */
interface Wanted {
  readonly parent: string | null;
  readonly name: string;
  readonly limits: Limits;
  readonly controllers: readonly string[];
}

/** Not by the pid alone: a process of another pid namespace may have the same. */
function newName(): string {
  return `forkless-${process.pid}-${Math.random().toString(36).slice(2, 12)}`;
}

const countable = ['memory', 'pids', 'cpu'];

function checkOptions(value: unknown): Wanted {
  const given = copyOfObject('options', value);
  const limits = checkLimits(given, ['parent', 'name', 'controllers']);
  const { parent, name, controllers } = given;
  const counted =
    controllers === undefined ? [] : checkEach('options.controllers', controllers, checkController);
  return {
    parent: parent === undefined ? null : checkParent(parent),
    name: name === undefined ? newName() : checkName(name),
    limits,
    controllers: [...new Set([...controllersOf(limits), ...counted])],
  };
}

function checkController(name: string, value: unknown): string {
  const text = checkString(name, value);
  if (!countable.includes(text)) throw invalidArgValue(name, value, `must be one of ${countable.join(', ')}`);
  return text;
}

function checkParent(value: unknown): string {
  const path = checkString('options.parent', value);
  if (!path.startsWith('/') || path.split('/').includes('..'))
    throw invalidArgValue(
      'options.parent',
      value,
      'must be the absolute path of a cgroup, such as /user.slice',
    );
  return path.length > 1 ? path.replace(/\/+$/, '') : path;
}

function checkName(value: unknown): string {
  const name = checkString('options.name', value);
  if (/[/\n]/.test(name) || ['', '.', '..'].includes(name))
    throw invalidArgValue('options.name', value, 'must be a name without slash and newline');
  return name;
}

/**
 * Makes a cgroup with these limits. What fails leaves none behind.
 * @returns the cgroup. The promise rejects with
 *   - TypeError, RangeError: a wrong option, before anything happens;
 *   - an error with `code` and `path`: EACCES, EROFS, … where this process may not, EBUSY where the parent has processes
 *     of its own, ENOENT where there is no such parent, EEXIST where there is one with this name;
 *   - ENOTSUP: no hierarchy has the controller; ERANGE: the kernel did not take a whole value.
 *
 * @example
 * ```js
 * import { createCgroup } from 'forkless/cgroup';
 *
 * try {
 *   await createCgroup({ cpu: 0 });
 * } catch (error) {
 *   console.log(error.code);
 * }
 * ```
 * ```text
 * ERR_OUT_OF_RANGE
 * ```
 */
export async function createCgroup(options: CgroupOptions = {}): Promise<Cgroup> {
  const { parent, name, limits, controllers } = checkOptions(options);
  const places: Place[] = [];
  let refused: unknown;
  try {
    for (const [hierarchy, list, needed] of choose(readHierarchies(), controllers))
      try {
        places.push(await makePlace(hierarchy, list, parent, name));
      } catch (error) {
        if (needed || codeOf(error) === 'EEXIST') throw error;
        refused ??= error;
      }
    const group = new Group(places);
    if (places.length === 0)
      throw refused ?? cgroupError('ENOTSUP', 'no cgroup file system is mounted here', {});
    await setLimits(limits, group.places);
    return group;
  } catch (error) {
    for (const { folder, undo } of places) {
      await removeAll(folder).catch(() => {});
      await undo();
    }
    throw error;
  }
}

type Choice = readonly [hierarchy: Hierarchy, controllers: readonly string[], needed: boolean];

/**
 * The hierarchies that have the controllers; and, if it can be had, one for killing and for the time of the processors:
 * v2, else the freezer and cpuacct.
 */
function choose(hierarchies: readonly Hierarchy[], controllers: readonly string[]): readonly Choice[] {
  const chosen = new Map<Hierarchy, readonly string[]>();
  for (const controller of controllers) {
    const hierarchy = hierarchyWith(hierarchies, controller);
    chosen.set(hierarchy, [...(chosen.get(hierarchy) ?? []), controller]);
  }
  const v2 = hierarchies.find(({ version }) => version === 2);
  const more = v2
    ? [v2]
    : hierarchies.filter(({ controllers: has }) => has.includes('freezer') || has.includes('cpuacct'));
  const choices = [...chosen].map(([hierarchy, list]): Choice => [hierarchy, list, true]);
  for (const hierarchy of more) if (!chosen.has(hierarchy)) choices.push([hierarchy, [], false]);
  if (choices.length === 0 && hierarchies[0] !== undefined) choices.push([hierarchies[0], [], true]);
  return choices;
}

class Group implements Cgroup {
  readonly paths: readonly string[];
  readonly #places: readonly Place[];

  constructor(places: readonly Place[]) {
    this.#places = places;
    // as a value of the option that is not changed
    this.paths = Object.freeze(places.map(({ folder }) => folder));
  }

  /** v2 counts the time of the processors in every cgroup. */
  readonly places: Places = (controller) =>
    this.#places.find(({ version, controllers, hierarchy }) =>
      controller === 'cpuacct'
        ? version === 2 || hierarchy.controllers.includes('cpuacct')
        : controllers.includes(controller),
    );

  async set(limits: CgroupLimits): Promise<void> {
    await setLimits(checkLimits(copyOfObject('options', limits), []), this.places);
  }

  usage(): Promise<CgroupUsage> {
    return readUsage(this.places);
  }

  async processes(): Promise<number[]> {
    const lists = await Promise.all(this.#places.map(({ folder }) => processesIn(folder)));
    return [...new Set(lists.flat())];
  }

  /** v2, which kills at once, and the freezer first; then whoever is only in another hierarchy. */
  async kill(): Promise<void> {
    const order = [...this.#places].sort((a, b) => rank(a) - rank(b));
    for (const { folder } of order) await killAll(folder);
  }

  async remove(): Promise<void> {
    for (const { folder } of this.#places) await removeAll(folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await this.remove();
  }
}

function rank({ version, hierarchy }: Place): number {
  return version === 2 ? 0 : hierarchy.controllers.includes('freezer') ? 1 : 2;
}
