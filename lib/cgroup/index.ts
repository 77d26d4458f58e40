/**
 * Cgroups: what the processes in one may use together, what they have used, and how to kill them all. For the option
 * `cgroup` of every start. Version 2, version 1, and both together. docs/cgroup.md.
 *
 * @module forkless/cgroup
 */
export type { Cgroup, CgroupOptions } from './group.js';
export { createCgroup } from './group.js';
export type { CgroupLimits } from './limits.js';
export type { CgroupSupport } from './support.js';
export { cgroupSupport } from './support.js';
export type { CgroupUsage } from './usage.js';
