/** A resource that can be limited: the names of getrlimit(2) without RLIMIT_, in small letters. */
export type Resource =
  | 'cpu'
  | 'fsize'
  | 'data'
  | 'stack'
  | 'core'
  | 'rss'
  | 'nproc'
  | 'nofile'
  | 'memlock'
  | 'as'
  | 'locks'
  | 'sigpending'
  | 'msgqueue'
  | 'nice'
  | 'rtprio'
  | 'rttime';

/** By the kernel's number. */
export const resources = [
  'cpu',
  'fsize',
  'data',
  'stack',
  'core',
  'rss',
  'nproc',
  'nofile',
  'memlock',
  'as',
  'locks',
  'sigpending',
  'msgqueue',
  'nice',
  'rtprio',
  'rttime',
] as const satisfies readonly Resource[];

/** RLIM_INFINITY. */
export const NO_LIMIT = (1n << 64n) - 1n;
