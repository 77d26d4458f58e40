import { LAYOUT_VERSION } from './plan/encode.js';
import { stageTable, stepTable } from './plan/vocabulary.js';

/**
 * C returns the result of a start, and each event, as a record: a Float64Array in which each position has a meaning.
 * The names of these positions, of the kinds of events, of the usage figures and of the steps are listed in both
 * languages. The lists are compared when the binary is loaded: with a binary of another version, numbers would be read
 * as something else.
 */

const kinds = ['pending', 'execed', 'failed', 'died', 'lost', 'ended', 'unreaped'] as const;

/** The fields of a record. The usage figures follow. */
const places = [
  'id',
  'kind',
  'error',
  'step',
  'op',
  'exitCode',
  'signal',
  'coreDumped',
  'reapedElsewhere',
  'pid',
  'pidfd',
] as const;

/** As in csrc/core/usage.h, units included. */
const figures = [
  'user_us',
  'system_us',
  'max_rss_kb',
  'minor_faults',
  'major_faults',
  'swaps',
  'in_blocks',
  'out_blocks',
  'messages_sent',
  'messages_received',
  'signals',
  'voluntary_switches',
  'involuntary_switches',
] as const;

export const KIND = numbered(kinds);

/** The position of each field in a record. */
export const PLACE = { ...numbered(places), usage: places.length } as const;
export const RECORD_SIZE = places.length + figures.length;

/** The position of each usage figure, counted from `PLACE.usage`. */
export const FIGURE = numbered(figures);

/** The lists of a binary (csrc/node/layout.cc). */
export interface Layout {
  readonly version: number;
  /** The names separated by spaces, here as `name=syscall`. */
  readonly steps: string;
  readonly stages: string;
  readonly kinds: string;
  readonly record: string;
  readonly usage: string;
}

/** Why a binary with this layout cannot be used, or null. */
export function layoutFault(layout: Layout): string | null {
  if (layout.version !== LAYOUT_VERSION)
    return `speaks plan layout ${layout.version}, this library ${LAYOUT_VERSION}`;
  const other = Object.entries(ownLists()).find(([list, names]) => layout[list as keyof Layout] !== names);
  return other === undefined ? null : `has other names in its list of ${other[0]} than this library`;
}

function ownLists(): Omit<Layout, 'version'> {
  return {
    steps: listed(stepTable.map(named)),
    stages: listed(stageTable.map(named)),
    kinds: listed(kinds),
    record: listed(places),
    usage: listed(figures),
  };
}

function named({ name, syscall }: { readonly name: string; readonly syscall: string }): string {
  return `${name}=${syscall}`;
}

/** A space after each name, as the C preprocessor joins them. */
function listed(names: readonly string[]): string {
  return `${names.join(' ')} `;
}

function numbered<Name extends string>(names: readonly Name[]): Readonly<Record<Name, number>> {
  return Object.fromEntries(names.map((name, position) => [name, position])) as Record<Name, number>;
}
