import { builtin } from '../builtin.js';
import { cgroupError, codeOf } from './errors.js';
import { readText, writeText } from './files.js';
import type { Hierarchy } from './hierarchies.js';

const { promises } = builtin('node:fs');

/** The folder of a new cgroup in one hierarchy. */
export interface Place {
  readonly version: 1 | 2;
  readonly controllers: readonly string[];
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
  const { version, mount, own } = hierarchy;
  const above = parent === null ? own : `${mount}${parent === '/' ? '' : parent}`;
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
  return { version, controllers, folder, undo };
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
      if (missing.length > 0) await writeText(control, missing.map((name) => `+${name}`).join(' '));
      await promises.access(folder, builtin('node:fs').constants.W_OK);
      const off = missing.map((name) => `-${name}`).join(' ');
      return { folder, undo: off === '' ? nothing : () => writeText(control, off).catch(nothing) };
    } catch (error) {
      if (!passable.includes(codeOf(error) ?? '')) throw error;
      refused ??= error;
    }
    if (folder === top || folder === '') throw refused;
  }
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
