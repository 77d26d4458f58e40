import type { MoreOptions } from '../../attributes/index.js';

/**
 * Our options that change what the program gets, and that Node's functions would ignore: all but `waitForExec`, since those
 * functions wait. Without the engine, so that it can be asked before that is loaded.
 */
const names = Object.keys({
  childSubreaper: true,
  cpuAffinity: true,
  ioPriority: true,
  noNewPrivs: true,
  numaPolicy: true,
  personality: true,
  schedResetOnFork: true,
  securebits: true,
  securityLabel: true,
  timerSlack: true,
  cloexecDefault: true,
  dieWithParent: true,
  fileActions: true,
  groups: true,
  inheritFds: true,
  nice: true,
  pdeathsig: true,
  pgroup: true,
  resetIds: true,
  rlimits: true,
  schedPolicy: true,
  schedPriority: true,
  setsid: true,
  sigdefault: true,
  sigignore: true,
  sigmask: true,
  umask: true,
} satisfies Record<Exclude<keyof MoreOptions, 'waitForExec'>, true>);

const { hasOwn } = Object;

/** The first of them in an argument of a start, if that is an object with options. */
export function ignoredOption(argument: unknown): string | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined;
  return names.find((name) => hasOwn(argument, name) && Reflect.get(argument, name) !== undefined);
}
