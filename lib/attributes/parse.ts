import { checkObject, invalidArgValue } from '../validate.js';
import type { AnyAttribute, Call, DoorName } from './attribute.js';
import { defaultsOf, noSettings } from './door-defaults.js';
import { attributes } from './index.js';
import { Settings } from './settings.js';

/** Checks the options of both doors, once: the rest of the library sees checked values only. */

/** An attribute as one door has it. */
interface Entry {
  readonly attribute: AnyAttribute;
  /** How an error names it. */
  readonly label: string;
  /** Its position in the index. */
  readonly position: number;
  /** The character that marks it in the keys of the step cache. */
  readonly mark: string;
}

interface Checked {
  readonly entry: Entry;
  readonly value: unknown;
}

const every: readonly AnyAttribute[] = attributes;

function ownEntries(door: DoorName): ReadonlyMap<string, Entry> {
  return new Map(
    every.flatMap((attribute, position) =>
      attribute.doors[door] === 'own' ? [[attribute.name, entryOf(attribute, position)] as const] : [],
    ),
  );
}

function entryOf(attribute: AnyAttribute, position: number): Entry {
  return {
    attribute,
    label: `options.${attribute.name}`,
    position,
    mark: String.fromCharCode(65 + position),
  };
}

const noValues: readonly Checked[] = [];
const posix = ownEntries('posix');
const posixDefaults = defaultsOf('posix');
/** Attributes whose default is looked up for each start. */
const lookedUp = every.filter(({ setAbsent }) => setAbsent !== null);

const dropIn = ownEntries('dropIn');

/**
 * The options of `posixSpawn` and its siblings.
 * @throws TypeError or RangeError with Node's codes, before anything happens.
 */
export function parsePosixOptions(value: unknown, synchronous: boolean): Settings {
  if (value === undefined) return withAbsent(new Settings(noValues, posixDefaults));
  // a copy of the own properties: a prototype's are no options, and each getter runs once
  const options: Readonly<Record<string, unknown>> = { ...checkObject('options', value) };
  const given: Entry[] = [];
  for (const name of Object.keys(options)) {
    const entry = posix.get(name);
    if (entry === undefined)
      throw invalidArgValue(`options.${name}`, options[name], 'is not an option of posixSpawn');
    if (options[name] !== undefined) given.push(entry);
  }
  return withAbsent(settle(options, given, posixDefaults, { synchronous, stdioSlots: 0, detached: false }));
}

/** Where at least one option of the drop-in is there: see drop-in.ts. */
export function parseDropInNames(options: Readonly<Record<string, unknown>>, call: Call): Settings {
  const given: Entry[] = [];
  for (const entry of dropIn.values()) if (options[entry.attribute.name] !== undefined) given.push(entry);
  const settings = settle(options, given, noSettings, call);
  // What changes nothing is as if it were absent.
  if (given.every(({ attribute }) => attribute.phase === 'call') && !settings.alwaysWaits) return noSettings;
  return settings;
}

/** Checks the values in the order of `given`, then sets them in the order of the index. */
function settle(
  options: Readonly<Record<string, unknown>>,
  given: readonly Entry[],
  defaults: Settings,
  call: Call,
): Settings {
  const checked: Checked[] = [];
  for (const entry of given) {
    const value = entry.attribute.codec.check(entry.label, options[entry.attribute.name]);
    insert(checked, { entry, value });
  }
  const settings = new Settings(checked, defaults);
  for (const { entry, value } of checked) {
    const { name, phase, key, set, contradictions } = entry.attribute;
    if (contradictions.length > 0)
      for (const { refuse } of contradictions)
        refuse(entry.label, options[name], value as never, settings.values, call);
    if (set !== null) set(settings, value as never);
    if (settings.key === null || phase === 'call') continue;
    const text = key === null ? null : key(value as never);
    settings.key = text === null ? null : `${settings.key}${entry.mark}${text}\0`;
  }
  return settings;
}

/** Keeps the order of the index. The list is short, and mostly in order already. */
function insert(list: Checked[], item: Checked): void {
  let at = list.length;
  for (; at > 0; at--) {
    const before = list[at - 1] as Checked;
    if (before.entry.position < item.entry.position) break;
    list[at] = before;
  }
  list[at] = item;
}

function withAbsent(settings: Settings): Settings {
  for (const { name, setAbsent } of lookedUp) if (!settings.has(name)) setAbsent?.(settings);
  return settings;
}
