import { readHierarchies } from './hierarchies.js';

/** What this process finds of cgroups. */
export interface CgroupSupport {
  /** `'hybrid'`: v1, and beside it a hierarchy of v2. null: none that this process can see. */
  readonly version: 'v1' | 'v2' | 'hybrid' | null;
  /** The names of the controllers that can be used here if the rights are there, in the order of the alphabet. */
  readonly controllers: readonly string[];
}

/** Looks at what is mounted and where this process is; changes nothing. */
export function cgroupSupport(): CgroupSupport {
  const hierarchies = readHierarchies();
  const [v1, v2] = ([1, 2] as const).map((wanted) => hierarchies.some(({ version }) => version === wanted));
  const controllers = hierarchies
    .flatMap((each) => each.controllers)
    .filter((name) => !name.startsWith('name='));
  return {
    version: v1 ? (v2 ? 'hybrid' : 'v1') : v2 ? 'v2' : null,
    controllers: [...new Set(controllers)].sort(),
  };
}
