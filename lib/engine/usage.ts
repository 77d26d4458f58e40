import type { Ending } from './children.js';

/**
 * What a process used, its own reaped children included. The fields and units of Node's `process.resourceUsage()`:
 * `userCPUTime` and `systemCPUTime` in microseconds; counts in `minorPageFault`, `majorPageFault`, `swappedOut`,
 * `fsRead`, `fsWrite`, `ipcSent`, `ipcReceived`, `signalsCount`, `voluntaryContextSwitches` and
 * `involuntaryContextSwitches`; and `sharedMemorySize`, `unsharedDataSize` and `unsharedStackSize`, which Linux leaves
 * 0. Source: getrusage(2).
 */
export interface ResourceUsage extends Omit<NodeJS.ResourceUsage, 'maxRSS'> {
  /**
   * The most memory it held at once, in kilobytes; null where that is not known: Linux hands the parent's own
   * high-water mark on to the child, so the child's is known only where it is higher.
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
