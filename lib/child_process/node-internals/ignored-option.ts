import type { MoreOptions } from '../../attributes/index.js';

/**
 * Our options that change what the program gets, and that Node's functions would ignore: all but `waitForExec`, since those
 * functions wait. Without the engine, so that it can be asked before that is loaded.
 */
const names = Object.keys({
  capabilities: true,
  cgroup: true,
  childSubreaper: true,
  chroot: true,
  cloexecDefault: true,
  coredumpFilter: true,
  cpuAffinity: true,
  ctty: true,
  dieWithParent: true,
  execFd: true,
  fileActions: true,
  foreground: true,
  groups: true,
  inheritFds: true,
  ioPriority: true,
  keyring: true,
  memoryMerge: true,
  nice: true,
  noNewPrivs: true,
  noctty: true,
  numaPolicy: true,
  oomScoreAdj: true,
  pdeathsig: true,
  personality: true,
  pgroup: true,
  ptrace: true,
  resetIds: true,
  rlimits: true,
  schedPolicy: true,
  schedPriority: true,
  schedResetOnFork: true,
  securebits: true,
  securityLabel: true,
  setsid: true,
  sigdefault: true,
  sigignore: true,
  sigmask: true,
  timerSlack: true,
  transparentHugePages: true,
  umask: true,
} satisfies Record<Exclude<keyof MoreOptions, 'waitForExec'>, true>);

const { hasOwn } = Object;

/** The first of them in an argument of a start, if that is an object with options. */
export function ignoredOption(argument: unknown): string | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined;
  return names.find((name) => hasOwn(argument, name) && Reflect.get(argument, name) !== undefined);
}
