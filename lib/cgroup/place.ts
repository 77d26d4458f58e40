import { builtin } from '../builtin.js';
import { cgroupError, codeOf } from './errors.js';
import { foldersIn, readText, writeText } from './files.js';
import type { Hierarchy } from './hierarchies.js';
import { folderOf } from './hierarchies.js';

const { constants, promises } = builtin('node:fs');

/** The folder of a new cgroup in one hierarchy. */
export interface Place {
  readonly version: 1 | 2;
  /** Those that it was asked for. */
  readonly controllers: readonly string[];
  readonly hierarchy: Hierarchy;
  readonly folder: string;
  /** Undoes what making it has changed beside it. */
  readonly undo: () => Promise<void>;
}

/** @param parent as /proc/PID/cgroup has it; null: that of this process */
export async function makePlace(
  hierarchy: Hierarchy,
  controllers: readonly string[],
  parent: string | null,
  name: string,
): Promise<Place> {
  const { version, root, mount, own } = hierarchy;
  const above = parent === null ? own : folderOf(parent, root, mount);
  if (above === undefined)
    throw cgroupError('ENOENT', `the cgroup ${parent} is not below '${mount}'`, { path: mount });
  const { folder: place, undo } =
    version === 2 && controllers.length > 0
      ? await handOn(above, controllers, parent === null ? mount : above)
      : { folder: above, undo: nothing };
  const folder = `${place}/${name}`;
  try {
    await promises.mkdir(folder);
  } catch (error) {
    await undo();
    throw error;
  }
  return { version, controllers, hierarchy, folder, undo };
}

/** Errors by which a cgroup cannot hand a controller on, but one above it may: it has processes, or is not ours. */
const passable = ['EBUSY', 'EACCES', 'EPERM', 'EROFS', 'ENOENT', 'EOPNOTSUPP', 'ENOTSUP'];

/**
 * The cgroup in which one with these controllers can be made. With v2 that is one without processes, or the root: so if
 * it cannot be this one, it is the nearest above it, up to `top`, that does so already. For root the controllers of one
 * above are not enabled: it may do so everywhere, and that would change the cgroups of others. What another user may
 * change was delegated to it.
 */
async function handOn(
  start: string,
  controllers: readonly string[],
  top: string,
): Promise<{ readonly folder: string; readonly undo: () => Promise<void> }> {
  let refused: unknown;
  for (let folder = start; ; folder = folder.slice(0, folder.lastIndexOf('/'))) {
    try {
      const control = `${folder}/cgroup.subtree_control`;
      const enabled = (await readText(control)).split(' ');
      const missing = controllers.filter((name) => !enabled.includes(name));
      if (missing.length > 0 && folder !== start && isRoot()) throw refused;
      // before anything is enabled: for a folder that is not ours it would stay so
      await promises.access(folder, constants.W_OK);
      if (missing.length === 0) return { folder, undo: nothing };
      await writeText(control, missing.map((name) => `+${name}`).join(' '));
      return { folder, undo: () => disable(folder, missing).catch(nothing) };
    } catch (error) {
      if (!passable.includes(codeOf(error) ?? '')) throw error;
      refused ??= error;
    }
    if (folder === top || folder === '') throw refused;
  }
}

/** Unless others have made cgroups there meanwhile: these would lose their limits, without an error. */
async function disable(folder: string, controllers: readonly string[]): Promise<void> {
  const others = (await foldersIn(folder)).length > 1;
  if (!others)
    await writeText(`${folder}/cgroup.subtree_control`, controllers.map((name) => `-${name}`).join(' '));
}

function isRoot(): boolean {
  return process.geteuid?.() === 0;
}

async function nothing(): Promise<void> {}

/** @throws ENOTSUP where no hierarchy has the controller */
export function hierarchyWith(hierarchies: readonly Hierarchy[], controller: string): Hierarchy {
  const found = hierarchies.find(({ controllers }) => controllers.includes(controller));
  if (found === undefined)
    throw cgroupError('ENOTSUP', `no cgroup file system here has the controller ${controller}`, {});
  return found;
}
