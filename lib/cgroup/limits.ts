import type { LooseOptions } from '../validate.js';
import { checkBoolean, checkInteger, invalidArgType, invalidArgValue, outOfRange } from '../validate.js';
import { cgroupError } from './errors.js';
import { readText, writeText } from './files.js';

/** What the processes of a cgroup may use together. What is absent stays as it is: of a new cgroup, without a limit. */
export interface CgroupLimits {
  /** Bytes of memory, rounded down to pages by the kernel; above it processes are killed. `Infinity`: no limit. */
  memory?: number | undefined;
  /** true: the kernel kills all of its processes together where memory runs out. ENOTSUP with v1. */
  oomGroup?: boolean | undefined;
  /** Processes and threads; beyond it fork and clone are EAGAIN. `Infinity`: no limit. */
  pids?: number | undefined;
  /** Processors, 0.01 or more: 1.5 is the time of one and a half. `Infinity`: no limit. */
  cpu?: number | undefined;
}

type Controller = 'memory' | 'pids' | 'cpu';

interface Kind {
  readonly controller: Controller;
  readonly check: (name: string, value: unknown) => number | boolean;
  /** The files to write, by the version of the hierarchy, in this order. undefined: it cannot be done there. */
  readonly files: (
    value: number | boolean,
    version: 1 | 2,
  ) => readonly (readonly [file: string, text: string])[] | undefined;
  /** Whether the kernel has what was written; else only the same text. */
  readonly isTaken?: (wanted: string, found: string) => boolean;
}

const PERIOD = 100_000;
/** The kernel takes no shorter one. */
const SHORTEST_QUOTA = 1000;
const LARGEST_PAGE = 65_536;

const kinds: Readonly<Record<keyof CgroupLimits, Kind>> = {
  memory: {
    controller: 'memory',
    check: amount,
    files: (value, version) =>
      version === 2
        ? [['memory.max', orMax(value)]]
        : [['memory.limit_in_bytes', value === Number.POSITIVE_INFINITY ? '-1' : `${value}`]],
    isTaken(wanted, found) {
      // v1 shows no limit as the largest number of pages
      if (wanted === '-1') return Number(found) >= Number.MAX_SAFE_INTEGER;
      const lost = Number(wanted) - Number(found);
      return wanted === found || (lost >= 0 && lost < LARGEST_PAGE && Number(found) % 4096 === 0);
    },
  },
  oomGroup: {
    controller: 'memory',
    check: checkBoolean,
    files: (value, version) => (version === 2 ? [['memory.oom.group', value ? '1' : '0']] : undefined),
  },
  pids: { controller: 'pids', check: amount, files: (value) => [['pids.max', orMax(value)]] },
  cpu: {
    controller: 'cpu',
    check: processors,
    files(value, version) {
      const quota = value === Number.POSITIVE_INFINITY ? null : Math.round(Number(value) * PERIOD);
      if (version === 2) return [['cpu.max', `${quota ?? 'max'} ${PERIOD}`]];
      return [
        ['cpu.cfs_period_us', `${PERIOD}`],
        ['cpu.cfs_quota_us', `${quota ?? -1}`],
      ];
    },
  },
};

function orMax(value: number | boolean): string {
  return value === Number.POSITIVE_INFINITY ? 'max' : `${value}`;
}

function amount(name: string, value: unknown): number {
  return value === Number.POSITIVE_INFINITY ? value : checkInteger(name, value, 0, Number.MAX_SAFE_INTEGER);
}

function processors(name: string, value: unknown): number {
  if (typeof value !== 'number') throw invalidArgType(name, 'of type number', value);
  const lowest = SHORTEST_QUOTA / PERIOD;
  if (!(value === Number.POSITIVE_INFINITY || (value >= lowest && value <= 1_000_000)))
    throw outOfRange(name, `>= ${lowest} && <= 1000000, or Infinity`, value);
  return value;
}

/** Checked limits, in the order in which they are set. */
export type Limits = readonly (readonly [name: keyof CgroupLimits, value: number | boolean])[];

/**
 * @param given a copy: each getter of the caller's runs once
 * @param others names of options that are not limits
 */
export function checkLimits(given: LooseOptions, others: readonly string[]): Limits {
  for (const name of Object.keys(given))
    if (!Object.hasOwn(kinds, name) && !others.includes(name))
      throw invalidArgValue(`options.${name}`, given[name], 'is not an option of a cgroup');
  return Object.entries(kinds).flatMap(([name, { check }]) =>
    given[name] === undefined
      ? []
      : [[name as keyof CgroupLimits, check(`options.${name}`, given[name])] as const],
  );
}

export function controllersOf(limits: Limits): Controller[] {
  return limits.map(([name]) => kinds[name].controller);
}

/** Where the files of a controller are. */
export type Places = (controller: string) => { readonly folder: string; readonly version: 1 | 2 } | undefined;

/** @throws the error of the file that could not be written, or ERANGE where the kernel has another value than was asked for */
export async function setLimits(limits: Limits, places: Places): Promise<void> {
  // all of them first: what cannot be had at all must not change the others
  const writes = limits.flatMap(([name, value]) => {
    const { controller, files, isTaken } = kinds[name];
    const place = places(controller);
    const list = place && files(value, place.version);
    if (list === undefined || place === undefined)
      throw cgroupError('ENOTSUP', `no cgroup here can have ${name}`, {});
    return list.map(([file, text]) => [`${place.folder}/${file}`, text, isTaken] as const);
  });
  for (const write of writes) await setOne(...write);
}

async function setOne(file: string, wanted: string, isTaken: Kind['isTaken']): Promise<void> {
  await writeText(file, wanted);
  const found = await readText(file);
  if (found !== wanted && !isTaken?.(wanted, found))
    throw cgroupError('ERANGE', `the kernel has made ${found} of ${wanted}, write '${file}'`, {
      syscall: 'write',
      path: file,
    });
}
