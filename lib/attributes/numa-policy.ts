import { numaModes } from '../plan/scheduling-names.js';
import { checkObject, invalidArgType, invalidArgValue } from '../validate.js';
import { attribute } from './attribute.js';
import { asRanges, numbers, toWords } from './bit-words.js';
import type { Codec } from './codecs.js';
import { wrong } from './codecs.js';
import { readFields } from './fields.js';
import { flag } from './flags.js';

/** Source: set_mempolicy(2). */
export type NumaPolicy =
  | {
      /** `'default'`: the node on which the program runs at the moment, or what the system has set. `'local'`: that node. */
      readonly mode: 'default' | 'local';
      /** These modes have none. */
      readonly nodes?: undefined;
    }
  | {
      /** From these nodes only (`'bind'`), from them in turn (`'interleave'`), or from this one first (`'preferred'`). */
      readonly mode: 'bind' | 'preferred' | 'interleave';
      /** Numbers, 0 … 1023; one with `'preferred'`. */
      readonly nodes: readonly number[];
    };

export interface NumaPolicyOption {
  /**
   * From which NUMA nodes the program gets its memory. EINVAL where one of the nodes is not there or is outside of this
   * process's cpuset, ENOSYS where the kernel has no NUMA. Default: that of the calling thread. Source: set_mempolicy(2).
   */
  numaPolicy?: NumaPolicy | undefined;
}

const keys = ['mode', 'nodes'];
const WITHOUT_NODES = ['default', 'local'];
/** The kernel reads words of 64 bits. */
const HALVES = 2;
const nodeNumbers = numbers(1023, 'node');

export interface PolicyAndNodes {
  readonly mode: number;
  readonly nodes: readonly number[];
}

const policy: Codec<PolicyAndNodes> = {
  check(name, value) {
    const [mode, nodes] = readFields(checkObject(name, value), keys, () =>
      invalidArgValue(name, value, 'must have mode and nodes only'),
    );
    if (typeof mode !== 'string') throw invalidArgType(`${name}.mode`, 'of type string', mode);
    const number = numaModes.indexOf(mode);
    if (number < 0) throw invalidArgValue(`${name}.mode`, mode, `must be one of ${numaModes.join(', ')}`);
    if (WITHOUT_NODES.includes(mode)) {
      if (nodes !== undefined)
        throw invalidArgValue(`${name}.nodes`, nodes, `must be absent for the mode ${mode}`);
      return { mode: number, nodes: [] };
    }
    const checked = nodeNumbers.check(`${name}.nodes`, nodes);
    if (mode === 'preferred' && checked.length > 1)
      throw invalidArgValue(`${name}.nodes`, nodes, 'must name one node for the mode preferred');
    return { mode: number, nodes: checked };
  },
  wrong: () => [
    ...[null, 5, 'bind', true, []].map((value) =>
      wrong('ERR_INVALID_ARG_TYPE', `${JSON.stringify(value)}`, value),
    ),
    wrong('ERR_INVALID_ARG_TYPE', 'no mode', { nodes: [0] }, '.mode'),
    wrong('ERR_INVALID_ARG_TYPE', 'a mode as number', { mode: 2, nodes: [0] }, '.mode'),
    wrong('ERR_INVALID_ARG_VALUE', 'an unknown mode', { mode: 'near' }, '.mode'),
    wrong('ERR_INVALID_ARG_VALUE', 'nodes of local', { mode: 'local', nodes: [0] }, '.nodes'),
    wrong('ERR_INVALID_ARG_VALUE', 'no node of default', { mode: 'default', nodes: [] }, '.nodes'),
    wrong('ERR_INVALID_ARG_TYPE', 'bind without nodes', { mode: 'bind' }, '.nodes'),
    wrong('ERR_INVALID_ARG_VALUE', 'two preferred ones', { mode: 'preferred', nodes: [0, 1] }, '.nodes'),
    wrong('ERR_INVALID_ARG_VALUE', 'another key', { mode: 'bind', nodes: [0], node: 1 }),
    ...nodeNumbers.wrong().map(({ value, at = '', ...example }) => ({
      ...example,
      title: `nodes: ${example.title}`,
      value: { mode: 'interleave', nodes: value },
      at: `.nodes${at}`,
    })),
  ],
};

export const numaPolicy = attribute<NumaPolicyOption>()({
  name: 'numaPolicy',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  codec: policy,
  right: () => [
    { mode: 'bind', nodes: [0] },
    { mode: 'preferred', nodes: [0] },
    { mode: 'interleave', nodes: [0, 1023] },
    { mode: 'local' },
    { mode: 'default' },
  ],
  phase: 'scheduling',
  memory: 'shared',
  key: ({ mode, nodes }) => `${mode} ${nodes.join()}`,
  steps: ({ mode, nodes }) => [
    { op: 'numa-policy', mode, nodes: nodes.length === 0 ? [] : toWords(nodes, HALVES) },
  ],
  trial: () => ({ numaPolicy: { mode: 'local' } }),
  documentation: {
    errors: 'EINVAL, ENOSYS of `numa-policy`',
    kernel: 'with NUMA',
    shape: '`{ mode, nodes? }`',
    default: { posix: "the calling thread's" },
    meaning:
      "From which NUMA nodes the program gets its memory (type `NumaPolicy`): mode `'default'` or `'local'`; `'bind'` or `'interleave'` with an array of nodes; `'preferred'` with one. EINVAL if a node is missing, ENOSYS without NUMA. set_mempolicy(2)",
  },
  commandLine: { ...flag('numa-policy', 'MODE:NODES', parse), about: 'bind:0-1, local' },
  like: { systemd: 'NUMAPolicy=, NUMAMask=' },
});

/** Whether it is a mode, and has nodes, is for the codec to find out. */
function parse(text: string, name: string): NumaPolicy {
  const [mode, ...nodes] = text.split(':');
  return (nodes.length === 0 ? { mode } : { mode, nodes: asRanges(nodes.join(':'), name) }) as NumaPolicy;
}
