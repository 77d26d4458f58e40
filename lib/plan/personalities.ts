/** As setarch(8) calls them; `'linux64'` is what is left without any. */
export type PersonalityName =
  | 'linux64'
  | 'linux32'
  | 'uname-2.6'
  | 'addr-no-randomize'
  | 'fdpic-funcptrs'
  | 'mmap-page-zero'
  | 'addr-compat-layout'
  | 'read-implies-exec'
  | '32bit'
  | 'short-inode'
  | 'whole-seconds'
  | 'sticky-timeouts'
  | '3gb';

/** What a personality is made of, by the names of setarch(8). Source: linux/personality.h. */
export const personalityBits = {
  linux32: 8,
  'uname-2.6': 0x0020000,
  'addr-no-randomize': 0x0040000,
  'fdpic-funcptrs': 0x0080000,
  'mmap-page-zero': 0x0100000,
  'addr-compat-layout': 0x0200000,
  'read-implies-exec': 0x0400000,
  '32bit': 0x0800000,
  'short-inode': 0x1000000,
  'whole-seconds': 0x2000000,
  'sticky-timeouts': 0x4000000,
  '3gb': 0x8000000,
} as const satisfies Record<Exclude<PersonalityName, 'linux64'>, number>;
