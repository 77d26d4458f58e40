import { readNumber } from './files.js';
import type { Places } from './limits.js';

/** What the processes of a cgroup use and have used, those that have ended included. null: not counted here. */
export interface CgroupUsage {
  /** Bytes, at this moment. */
  readonly memory: number | null;
  /** Bytes, at most at any time. */
  readonly memoryPeak: number | null;
  /** How many processes were killed because memory ran out. */
  readonly oomKills: number | null;
  /** Processes and threads, at this moment. */
  readonly pids: number | null;
  /** How often fork or clone was refused because of the limit. */
  readonly pidsRefused: number | null;
  /** Processor time, in microseconds. */
  readonly cpuTime: number | null;
  /** How long they had to wait because of the limit, in microseconds. */
  readonly cpuThrottled: number | null;
}

const NANOSECONDS = 1000;

/** @param places where the files of a controller are; 'cpuacct': where processor time is counted */
export async function readUsage(places: Places): Promise<CgroupUsage> {
  const memory = places('memory');
  const pids = places('pids');
  const read = async (place: ReturnType<Places>, two: Name, one: Name): Promise<number | null> => {
    if (place === undefined) return null;
    const [file, key] = place.version === 2 ? two : one;
    return readNumber(`${place.folder}/${file}`, key);
  };
  const nanoseconds = (time: number | null) => (time === null ? null : Math.floor(time / NANOSECONDS));
  const [cpu, time] = [places('cpu'), places('cpuacct')];
  const cpuTime = await read(time, ['cpu.stat', 'usage_usec'], ['cpuacct.usage']);
  const throttled = await read(cpu, ['cpu.stat', 'throttled_usec'], ['cpu.stat', 'throttled_time']);
  return {
    memory: await read(memory, ['memory.current'], ['memory.usage_in_bytes']),
    memoryPeak: await read(memory, ['memory.peak'], ['memory.max_usage_in_bytes']),
    oomKills: await read(memory, ['memory.events', 'oom_kill'], ['memory.oom_control', 'oom_kill']),
    pids: await read(pids, ['pids.current'], ['pids.current']),
    pidsRefused: await read(pids, ['pids.events', 'max'], ['pids.events', 'max']),
    cpuTime: time?.version === 1 ? nanoseconds(cpuTime) : cpuTime,
    cpuThrottled: cpu?.version === 1 ? nanoseconds(throttled) : throttled,
  };
}

type Name = readonly [file: string, key?: string];
