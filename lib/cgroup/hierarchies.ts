import { builtin } from '../builtin.js';

const { readFileSync } = builtin('node:fs');

/** A tree of cgroups that is mounted: the only one of v2, or one of those of v1, each with controllers of its own. */
export interface Hierarchy {
  readonly version: 1 | 2;
  readonly controllers: readonly string[];
  /** The cgroup that is visible at `mount`: `/`, or the one that a container has. */
  readonly root: string;
  /** Where that is mounted. */
  readonly mount: string;
  /** The folder of the cgroup of this process. */
  readonly own: string;
}

/** Those that this process can see and is in. Empty: no cgroup file system is mounted. */
export function readHierarchies(): readonly Hierarchy[] {
  const memberships = readMemberships();
  const found: Hierarchy[] = [];
  for (const { root, mount, version, names } of readMounts()) {
    const path = memberships.find(({ controllers }) =>
      version === 2
        ? controllers.length === 0
        : controllers.length > 0 && controllers.every((name) => names.has(name)),
    );
    const own = path && folderOf(path.path, root, mount);
    // the same tree may be mounted twice
    if (
      path === undefined ||
      own === undefined ||
      found.some((other) => isSame(other, version, path.controllers))
    )
      continue;
    const controllers = version === 2 ? words(`${mount}/cgroup.controllers`) : path.controllers;
    found.push({ version, controllers, root, mount, own });
  }
  return found;
}

function isSame(other: Hierarchy, version: 1 | 2, controllers: readonly string[]): boolean {
  return other.version === version && (version === 2 || other.controllers.join() === controllers.join());
}

interface Mount {
  /** The folder of the file system that is visible at `mount`. */
  readonly root: string;
  readonly mount: string;
  readonly version: 1 | 2;
  /** Options of the file system, its controllers among them. */
  readonly names: ReadonlySet<string>;
}

/** Source: proc_pid_mountinfo(5). */
function readMounts(): Mount[] {
  return linesOf('/proc/self/mountinfo').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const [, , , root = '', mount = ''] = before.split(' ');
    const [type, , options = ''] = after.split(' ');
    if (type !== 'cgroup' && type !== 'cgroup2') return [];
    const names = new Set(options.split(','));
    return [{ root: decoded(root), mount: decoded(mount), version: type === 'cgroup' ? 1 : 2, names }];
  });
}

/** Spaces and the like are octal there. */
function decoded(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

interface Membership {
  /** None: v2. */
  readonly controllers: readonly string[];
  readonly path: string;
}

/** Source: cgroups(7), /proc/PID/cgroup. */
function readMemberships(): Membership[] {
  return linesOf('/proc/self/cgroup').flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) return [];
    return [{ controllers: controllers === '' ? [] : controllers.split(','), path }];
  });
}

/**
 * undefined: the cgroup is outside of what is mounted. A path with `..` is that of a process outside of its own cgroup
 * namespace.
 */
export function folderOf(path: string, root: string, mount: string): string | undefined {
  if (path.split('/').includes('..')) return undefined;
  const below =
    root === '/' ? path : path === root ? '' : path.startsWith(`${root}/`) ? path.slice(root.length) : null;
  return below === null ? undefined : `${mount}${below === '/' ? '' : below}`;
}

/** Without a file, none. */
function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}

function words(file: string): string[] {
  return linesOf(file)
    .join(' ')
    .split(' ')
    .filter((word) => word !== '');
}
