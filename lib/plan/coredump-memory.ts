/** A kind of memory, by the names of systemd. Source: core(5). */
export type CoredumpMemory =
  | 'private-anonymous'
  | 'shared-anonymous'
  | 'private-file-backed'
  | 'shared-file-backed'
  | 'elf-headers'
  | 'private-huge'
  | 'shared-huge'
  | 'private-dax'
  | 'shared-dax';

/** Their bits. */
export const coredumpBits = {
  'private-anonymous': 0x1,
  'shared-anonymous': 0x2,
  'private-file-backed': 0x4,
  'shared-file-backed': 0x8,
  'elf-headers': 0x10,
  'private-huge': 0x20,
  'shared-huge': 0x40,
  'private-dax': 0x80,
  'shared-dax': 0x100,
} as const satisfies Record<CoredumpMemory, number>;
