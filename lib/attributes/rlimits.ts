import type { Resource } from '../plan/resources.js';
import { NO_LIMIT, resources } from '../plan/resources.js';
import { checkInteger, checkObject, invalidArgValue } from '../validate.js';
import { attribute } from './attribute.js';
import type { Codec } from './codecs.js';
import { wrong } from './codecs.js';
import { readFields } from './fields.js';
import type { CommandLine } from './flags.js';
import { wrongFlag } from './flags.js';

export type { Resource };

/**
 * A limit in the unit of getrlimit(2), `Infinity` for none. A number is the soft and the hard limit; of an object with one
 * of the two the other one stays as it is.
 */
export type ResourceLimit = number | SoftAndHardLimit;

/** One of the two at least; the other one stays as it is. */
export interface SoftAndHardLimit {
  /** The limit that is in force, at most the hard one. */
  readonly soft?: number | undefined;
  /** How far the program may raise the soft one itself. */
  readonly hard?: number | undefined;
}

/** Limits by the names of their resources; one that is absent stays as it is. */
export type ResourceLimits = Readonly<Partial<Record<Resource, ResourceLimit | undefined>>>;

export interface RlimitsOption {
  /**
   * Limits of the program and its children, set when its descriptors are in place. EPERM where a hard limit is raised
   * without CAP_SYS_RESOURCE. Default: those of this process. Source: prlimit(2).
   */
  rlimits?: ResourceLimits | undefined;
}

export interface Limit {
  readonly resource: number;
  readonly soft: bigint | null;
  readonly hard: bigint | null;
}

const keys = ['soft', 'hard'];

const limits: Codec<readonly Limit[]> = {
  check(name, value) {
    const given = checkObject(name, value);
    const list: Limit[] = [];
    // own properties, each read once
    for (const resource of Object.keys(given)) {
      const limit = given[resource];
      if (limit !== undefined) list.push(checkLimit(name, resource, limit));
    }
    return list;
  },
  wrong: () => [
    ...[null, 5, 'nofile', true, [], [1024]].map((value) =>
      wrong('ERR_INVALID_ARG_TYPE', `${JSON.stringify(value)}`, value),
    ),
    wrong('ERR_INVALID_ARG_VALUE', 'an unknown name', { files: 1 }),
    wrong('ERR_INVALID_ARG_VALUE', 'a name in capitals', { NOFILE: 1 }),
    wrong('ERR_INVALID_ARG_VALUE', 'a name that every object has', { constructor: 1 }),
    wrong('ERR_INVALID_ARG_TYPE', 'a limit as text', { nofile: '1024' }, '.nofile'),
    wrong('ERR_INVALID_ARG_TYPE', 'null as a limit', { nofile: null }, '.nofile'),
    wrong('ERR_INVALID_ARG_TYPE', 'a limit as BigInt', { nofile: 1n }, '.nofile'),
    wrong('ERR_OUT_OF_RANGE', 'a limit below 0', { nofile: -1 }, '.nofile'),
    wrong('ERR_OUT_OF_RANGE', 'a fraction', { nofile: 0.5 }, '.nofile'),
    wrong('ERR_OUT_OF_RANGE', 'NaN', { nofile: Number.NaN }, '.nofile'),
    wrong('ERR_OUT_OF_RANGE', 'more than a number can tell', { as: 2 ** 53 }, '.as'),
    wrong('ERR_INVALID_ARG_VALUE', 'neither soft nor hard', { nofile: {} }, '.nofile'),
    wrong('ERR_INVALID_ARG_VALUE', 'another key', { nofile: { soft: 1, max: 2 } }, '.nofile'),
    wrong('ERR_OUT_OF_RANGE', 'a soft limit below 0', { nofile: { soft: -1 } }, '.nofile.soft'),
    wrong('ERR_INVALID_ARG_VALUE', 'soft above hard', { nofile: { soft: 2, hard: 1 } }, '.nofile'),
  ],
};

function checkLimit(name: string, resource: string, value: unknown): Limit {
  const number = (resources as readonly string[]).indexOf(resource);
  if (number < 0) throw invalidArgValue(name, resource, `must have keys among ${resources.join(', ')}`);
  const label = `${name}.${resource}`;
  if (typeof value === 'number') {
    const both = checkOne(label, value);
    return { resource: number, soft: both, hard: both };
  }
  const refuse = () => invalidArgValue(label, value, 'must be a number, or have soft, hard or both');
  const [soft, hard] = readFields(checkNumberOrObject(label, value), keys, refuse);
  if (soft === undefined && hard === undefined) throw refuse();
  const limit = {
    resource: number,
    soft: soft === undefined ? null : checkOne(`${label}.soft`, soft),
    hard: hard === undefined ? null : checkOne(`${label}.hard`, hard),
  };
  if (limit.soft !== null && limit.hard !== null && limit.soft > limit.hard)
    throw invalidArgValue(label, value, 'must not have a soft limit above the hard one');
  return limit;
}

function checkNumberOrObject(label: string, value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' ? checkObject(label, value) : { soft: checkInteger(label, value, 0, 0) };
}

function checkOne(label: string, value: unknown): bigint {
  return value === Number.POSITIVE_INFINITY
    ? NO_LIMIT
    : BigInt(checkInteger(label, value, 0, Number.MAX_SAFE_INTEGER));
}

const commandLine: CommandLine<ResourceLimits> = {
  flags: [{ name: 'rlimit', value: 'NAME=SOFT:HARD' }],
  about: 'nofile=64:128, as=unlimited, core=0: or core=:0',
  parse: (given) => Object.fromEntries(given.map(({ text }) => parseLimit(text))),
};

function parseLimit(text: string): [string, ResourceLimit] {
  const [, name, soft = '', colon, hard = ''] =
    /^(\w+)=(\d*|unlimited)(?:(:)(\d*|unlimited))?$/.exec(text) ?? [];
  if (name === undefined || (soft === '' && hard === ''))
    throw wrongFlag(`--rlimit takes NAME=SOFT:HARD, not ${text}`);
  if (colon === undefined) return [name, numberOf(soft)];
  if (hard === '') return [name, { soft: numberOf(soft) }];
  return [name, soft === '' ? { hard: numberOf(hard) } : { soft: numberOf(soft), hard: numberOf(hard) }];
}

function numberOf(text: string): number {
  return text === 'unlimited' ? Number.POSITIVE_INFINITY : Number(text);
}

export const rlimits = attribute<RlimitsOption>()({
  name: 'rlimits',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  codec: limits,
  right: () => [
    {},
    { nofile: 1024, core: 0 },
    { as: Number.POSITIVE_INFINITY },
    { cpu: { soft: 1 }, nproc: { hard: 5 } },
  ],
  // after the descriptors: a low nofile would break dup2
  phase: 'limits',
  memory: 'shared',
  key: (list) => list.map(({ resource, soft, hard }) => `${resource}:${soft}:${hard}`).join(),
  steps: (list) => list.map((limit) => ({ op: 'rlimit', ...limit }) as const),
  trial: () => ({ rlimits: { core: { soft: 0 } } }),
  documentation: {
    errors: 'EPERM, EINVAL of `rlimit`',
    shape: '`{ nofile: 1024, as: { soft, hard }, … }`',
    default: { posix: "the parent's" },
    meaning:
      'Resource limits: the names of getrlimit(2) without RLIMIT_, in its units, `Infinity` for none. A number is the soft and the hard limit, `{ soft }` keeps the hard one (types `ResourceLimits`, `ResourceLimit`, `SoftAndHardLimit`, `Resource`). prlimit(2)',
  },
  commandLine,
  like: { systemd: 'LimitNOFILE= …', utilLinux: 'prlimit', python: 'resource.setrlimit' },
});
