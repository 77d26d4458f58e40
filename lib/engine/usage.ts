import { FIGURE } from '../record.js';
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
   * The most memory it held at once, in kilobytes; null if unknown: the child starts with its parent's maximum, so its
   * own is known only if it is higher.
   */
  maxRSS: number | null;
}

/** null if other code has reaped the process. */
export function resourceUsage({ reapedElsewhere, usage }: Ending): ResourceUsage | null {
  if (reapedElsewhere) return null;
  const at = (place: number): number => usage[place] as number;
  const maxRSS = at(FIGURE.max_rss_kb);
  return {
    userCPUTime: at(FIGURE.user_us),
    systemCPUTime: at(FIGURE.system_us),
    maxRSS: maxRSS < 0 ? null : maxRSS,
    sharedMemorySize: 0,
    unsharedDataSize: 0,
    unsharedStackSize: 0,
    minorPageFault: at(FIGURE.minor_faults),
    majorPageFault: at(FIGURE.major_faults),
    swappedOut: at(FIGURE.swaps),
    fsRead: at(FIGURE.in_blocks),
    fsWrite: at(FIGURE.out_blocks),
    ipcSent: at(FIGURE.messages_sent),
    ipcReceived: at(FIGURE.messages_received),
    signalsCount: at(FIGURE.signals),
    voluntaryContextSwitches: at(FIGURE.voluntary_switches),
    involuntaryContextSwitches: at(FIGURE.involuntary_switches),
  };
}
