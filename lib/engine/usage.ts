import type { Ending } from './children.js';

/** In the shape and the units of `process.resourceUsage()`: microseconds, kilobytes, counts. */
export interface ResourceUsage extends Omit<NodeJS.ResourceUsage, 'maxRSS'> {
  /**
   * Kilobytes; null where it is not known. Linux hands the parent's own high-water mark on to the child, so the
   * child's is known only where it is higher.
   */
  maxRSS: number | null;
}

/** null where somebody else reaped the process. The figures come in the order of csrc/core/spawn.h, struct spawn_usage. */
export function resourceUsage({ taken, usage }: Ending): ResourceUsage | null {
  if (taken) return null;
  const at = (index: number): number => usage[index] as number;
  return {
    userCPUTime: at(0),
    systemCPUTime: at(1),
    maxRSS: at(2) < 0 ? null : at(2),
    sharedMemorySize: 0,
    unsharedDataSize: 0,
    unsharedStackSize: 0,
    minorPageFault: at(3),
    majorPageFault: at(4),
    swappedOut: at(5),
    fsRead: at(6),
    fsWrite: at(7),
    ipcSent: at(8),
    ipcReceived: at(9),
    signalsCount: at(10),
    voluntaryContextSwitches: at(11),
    involuntaryContextSwitches: at(12),
  };
}
