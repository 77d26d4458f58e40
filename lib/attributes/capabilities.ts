import type { Capability } from '../plan/capabilities.js';
import { capabilityNames, EVERY_CAPABILITY } from '../plan/capabilities.js';
import type { Step } from '../plan/vocabulary.js';
import { checkEach, checkObject, invalidArgType, invalidArgValue } from '../validate.js';
import { attribute } from './attribute.js';
import type { Codec } from './codecs.js';
import { wrong } from './codecs.js';
import { readFields } from './fields.js';
import type { CommandLine } from './flags.js';

export type { Capability };

/** `'all'`: every one that this process has. `[]`: none. */
export type CapabilitySet = readonly Capability[] | 'all';

/** The sets that a program inherits; one that is absent stays as it is. */
export interface Capabilities {
  /** All that the program and its children can ever have; what is not in it leaves `inheritable` too. */
  readonly bounding?: CapabilitySet | undefined;
  /** What a program whose file has inheritable capabilities gets. */
  readonly inheritable?: CapabilitySet | undefined;
  /** What the program gets though it is not root and its file has none; added to `inheritable`. */
  readonly ambient?: CapabilitySet | undefined;
}

export interface CapabilitiesOption {
  /**
   * Capabilities of the program; with `uid` set as the new user. Permitted and effective ones follow from these at exec.
   * EPERM for one that this process does not have, EINVAL for one that the kernel does not know. Default: this process's
   * own; a change from root to another user leaves none. Source: capabilities(7).
   */
  capabilities?: Capabilities | undefined;
}

const kinds = ['bounding', 'inheritable', 'ambient'] as const;

/** Masks; null: as it is. */
type Masks = Readonly<Record<(typeof kinds)[number], bigint | null>>;

const sets: Codec<Masks> = {
  check(name, value) {
    const [bounding, inheritable, ambient] = readFields(checkObject(name, value), kinds, (other) =>
      invalidArgValue(name, other, `must have keys among ${kinds.join(', ')}`),
    );
    const masks = {
      bounding: checkSet(`${name}.bounding`, bounding),
      inheritable: checkSet(`${name}.inheritable`, inheritable),
      ambient: checkSet(`${name}.ambient`, ambient),
    };
    refuseOutside(`${name}.inheritable`, inheritable, masks.inheritable, masks.bounding);
    refuseOutside(`${name}.ambient`, ambient, masks.ambient, masks.bounding);
    return masks;
  },
  wrong: () => [
    ...[null, 5, 'net_admin', true, [], ['net_admin']].map((value) =>
      wrong('ERR_INVALID_ARG_TYPE', `${JSON.stringify(value)}`, value),
    ),
    wrong('ERR_INVALID_ARG_VALUE', 'a set that exec computes', { permitted: [] }),
    wrong('ERR_INVALID_ARG_VALUE', 'a key that every object has', { constructor: [] }),
    wrong('ERR_INVALID_ARG_TYPE', 'null as a set', { ambient: null }, '.ambient'),
    wrong('ERR_INVALID_ARG_TYPE', 'a name as a set', { ambient: 'net_admin' }, '.ambient'),
    wrong('ERR_INVALID_ARG_TYPE', 'a number', { bounding: [12] }, '.bounding[0]'),
    wrong('ERR_INVALID_ARG_VALUE', 'an unknown name', { bounding: ['chown', 'root'] }, '.bounding[1]'),
    wrong('ERR_INVALID_ARG_VALUE', 'a name with CAP_', { inheritable: ['cap_chown'] }, '.inheritable[0]'),
    wrong('ERR_INVALID_ARG_VALUE', 'a name in capitals', { ambient: ['CHOWN'] }, '.ambient[0]'),
    wrong('ERR_INVALID_ARG_VALUE', 'ambient, not bounding', { bounding: [], ambient: ['kill'] }, '.ambient'),
    wrong(
      'ERR_INVALID_ARG_VALUE',
      'inheritable, not bounding',
      { bounding: ['chown'], inheritable: ['kill', 'chown'] },
      '.inheritable',
    ),
  ],
};

function checkSet(name: string, value: unknown): bigint | null {
  if (value === undefined) return null;
  if (value === 'all') return EVERY_CAPABILITY;
  if (!Array.isArray(value)) throw invalidArgType(name, "an instance of Array or 'all'", value);
  return checkEach(name, value, checkBit).reduce((set, bit) => set | bit, 0n);
}

function checkBit(name: string, value: unknown): bigint {
  if (typeof value !== 'string') throw invalidArgType(name, 'of type string', value);
  const number = (capabilityNames as readonly string[]).indexOf(value);
  if (number < 0)
    throw invalidArgValue(name, value, 'must be a name of capabilities(7) without CAP_, in small letters');
  return 1n << BigInt(number);
}

function refuseOutside(name: string, given: unknown, set: bigint | null, bounding: bigint | null): void {
  if (set === null || bounding === null || set === EVERY_CAPABILITY) return;
  if (set & ~bounding) throw invalidArgValue(name, given, 'must not have what is not in bounding');
}

/** What `uid` puts before its own step: else the change of the user would take all capabilities away. */
export function keepCapabilities(masks: Masks | undefined): readonly Step[] {
  return masks && kinds.some((kind) => masks[kind] !== null) ? [{ op: 'capability-keep' }] : [];
}

function stepsOfSets({ bounding, inheritable, ambient }: Masks): readonly Step[] {
  const steps: Step[] = [];
  if (bounding !== null) steps.push({ op: 'capability-bounding', capabilitySet: bounding });
  if (inheritable !== null) steps.push({ op: 'capability-inheritable', capabilitySet: inheritable });
  if (ambient !== null) steps.push({ op: 'capability-ambient', capabilitySet: ambient });
  return steps.length === 0 ? steps : [...steps, { op: 'capability-lower' }];
}

const commandLine: CommandLine<Capabilities> = {
  flags: kinds.map((kind) => ({ name: `cap-${kind}`, value: 'LIST|all' })),
  about: 'net_bind_service,chown, or nothing for none',
  parse: (given) =>
    Object.fromEntries(
      given.map(({ flag, text }) => [
        flag.slice('cap-'.length),
        text === 'all' ? text : text.split(',').filter((name) => name !== ''),
      ]),
    ) as Capabilities,
};

export const capabilities = attribute<CapabilitiesOption>()({
  name: 'capabilities',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  codec: sets,
  right: () => [
    {},
    { bounding: [], inheritable: [], ambient: [] },
    { bounding: 'all', inheritable: 'all', ambient: 'all' },
    { bounding: ['net_bind_service', 'kill'], ambient: ['net_bind_service'] },
  ],
  // after uid: before it, the user would still be root, and the change of the user would clear the ambient set
  phase: 'identity',
  memory: 'own',
  steps: stepsOfSets,
  trial: () => ({ capabilities: { ambient: [] } }),
  key: ({ bounding, inheritable, ambient }) => `${bounding}:${inheritable}:${ambient}`,
  documentation: {
    errors: 'EPERM, EINVAL of `capability-bounding`, `capability-inheritable`, `capability-ambient`',
    shape: '`{ bounding?, inheritable?, ambient? }`, each an array of names or `all`',
    default: { posix: "the parent's; with `uid` of another user than root none" },
    meaning:
      'Capabilities, by the names of capabilities(7) without CAP_ (types `Capabilities`, `CapabilitySet`, `Capability`): [posix-spawn.md](posix-spawn.md#capabilities)',
  },
  commandLine,
  like: {
    systemd: 'AmbientCapabilities=, CapabilityBoundingSet=',
    go: 'SysProcAttr.AmbientCaps',
    utilLinux: 'setpriv --ambient-caps',
  },
});
