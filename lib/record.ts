import { LAYOUT_VERSION } from './plan/encode.js';
import { stageTable, stepTable } from './plan/vocabulary.js';

/**
 * What C and TypeScript share by position: the numbers in a record, kinds of events, usage figures, steps. Each list of
 * names exists in both languages. The two are compared when the binary is loaded, because a binary of another version
 * would fill the right number of places with other figures.
 */

const kinds = ['pending', 'execed', 'failed', 'died', 'lost', 'ended', 'unreaped'] as const;

/** Before the usage figures, which are last. */
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

/** Where a number is in the Float64Array of a start or of an event. */
export const PLACE = { ...numbered(places), usage: places.length } as const;
export const RECORD_SIZE = places.length + figures.length;

/** Where a usage figure is, counted from `PLACE.usage`. */
export const FIGURE = numbered(figures);

/** What a binary says of itself (csrc/node/layout.cc). */
export interface Layout {
  readonly version: number;
  /** `name=syscall` of each. */
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

/** With a blank after each, as the preprocessor of C joins them. */
function listed(names: readonly string[]): string {
  return `${names.join(' ')} `;
}

function numbered<Name extends string>(names: readonly Name[]): Readonly<Record<Name, number>> {
  return Object.fromEntries(names.map((name, position) => [name, position])) as Record<Name, number>;
}
