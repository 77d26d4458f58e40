import type { AnyAttribute, DoorName } from '../attributes/attribute.js';
import type { Flag, Given } from '../attributes/flags.js';
import { attributes } from '../attributes/index.js';
import { UsageError } from './usage-error.js';

/** The flags of the command line, as the attributes define them. */

interface Owned extends Flag {
  readonly attribute: AnyAttribute;
}

const every: readonly AnyAttribute[] = attributes;
const flags: ReadonlyMap<string, Owned> = new Map(
  every.flatMap((attribute) =>
    (attribute.commandLine?.flags ?? []).map((flag) => [flag.name, { ...flag, attribute }] as const),
  ),
);

/** How `parseArgs` is to read them. */
export const flagTypes = Object.fromEntries(
  [...flags.values()].map(({ name, value }) => [name, typeOf(value)] as const),
);

function typeOf(value: string | null) {
  return value === null ? ({ type: 'boolean' } as const) : ({ type: 'string', multiple: true } as const);
}

/** What `parseArgs` has found. */
interface Token {
  readonly kind: 'option' | 'positional' | 'option-terminator';
  readonly name?: string;
  readonly rawName?: string;
  readonly value?: string | undefined;
}

/** The options that these flags mean, for a start by this door. */
export function optionsOf(tokens: readonly Token[], door: DoorName): Readonly<Record<string, unknown>> {
  const given = new Map<AnyAttribute, Given[]>();
  for (const { name = '', rawName, value } of tokens) {
    const attribute = flags.get(name)?.attribute;
    if (attribute === undefined) continue;
    if (attribute.doors[door] === 'none') throw new UsageError(`${rawName} ${elsewhere(door)}`);
    given.set(attribute, [...(given.get(attribute) ?? []), { flag: name, text: value ?? '' }]);
  }
  return Object.fromEntries(
    [...given].map(([{ name, commandLine }, list]) => [name, commandLine?.parse(list)]),
  );
}

function elsewhere(door: DoorName): string {
  return door === 'posix' ? 'goes with --spawn alone' : 'does not go with --spawn';
}
