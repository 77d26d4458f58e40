/** As setpriv(1) calls them. Source: capabilities(7). */
export type Securebit =
  | 'noroot'
  | 'noroot_locked'
  | 'no_setuid_fixup'
  | 'no_setuid_fixup_locked'
  | 'keep_caps'
  | 'keep_caps_locked'
  | 'no_cap_ambient_raise'
  | 'no_cap_ambient_raise_locked';

/** The secure bits, by the names of setpriv(1). Source: linux/securebits.h, capabilities(7). */
export const securebitsByName = {
  noroot: 1,
  noroot_locked: 2,
  no_setuid_fixup: 4,
  no_setuid_fixup_locked: 8,
  keep_caps: 16,
  keep_caps_locked: 32,
  no_cap_ambient_raise: 64,
  no_cap_ambient_raise_locked: 128,
} as const satisfies Record<Securebit, number>;
