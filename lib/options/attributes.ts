import { schedPolicyNames } from '../plan/print.js';
import type { Step } from '../plan/vocabulary.js';
import type { Signal } from '../signals.js';
import { ALL_SIGNALS, signalSet } from '../signals.js';
import { checkBoolean, checkEach, checkInteger, invalidArgType, invalidArgValue } from '../validate.js';

/** A scheduling policy: its name, or the kernel's number, 0 … 2³¹−1. Source: sched(7). */
export type SchedPolicy = 'SCHED_OTHER' | 'SCHED_FIFO' | 'SCHED_RR' | 'SCHED_BATCH' | 'SCHED_IDLE' | number;

/**
 * posix_spawnattr_t, and a little more. What is absent, or undefined, is inherited from this process. What was asked
 * for and cannot be done is an error with the name of the step, never ignored. Source: POSIX.1-2024,
 * posix_spawnattr_setflags(3) and its siblings.
 */
export interface SpawnAttributes {
  /** Process group to join, 0 … 2³¹−1; 0: a new one, led by the child. EPERM with `setsid`. Source: setpgid(2). */
  pgroup?: number | undefined;
  /** true: a new session, led by the child, without a terminal. Default: false. Source: setsid(2). */
  setsid?: boolean | undefined;
  /**
   * true: effective user and group id back to the real ones. The child then gets a copy of this process's memory, at
   * the cost of fork (docs/ladder.md). Default: false. Source: setresuid(2), setresgid(2).
   */
  resetIds?: boolean | undefined;
  /**
   * User of the program, 0 … 2³²−2; for a privileged parent the real, effective and saved id. Set after all else, but
   * before exec: files are opened as the parent. At the cost of fork, as `resetIds`. Source: setuid(2).
   */
  uid?: number | undefined;
  /** Group of the program, 0 … 2³²−2. At the cost of fork, as `resetIds`. Source: setgid(2). */
  gid?: number | undefined;
  /**
   * Supplementary groups, each 0 … 2³²−2. Absent while `uid` or `gid` is given: none. A parent that may not set them
   * gets EPERM, then too. At the cost of fork, as `resetIds`. Source: setgroups(2).
   */
  groups?: readonly number[] | undefined;
  /**
   * The signals that are blocked in the program, no others; `[]`: none. Absent: those that the calling thread blocks.
   * SIGKILL and SIGSTOP are refused. Source: sigprocmask(2).
   */
  sigmask?: readonly Signal[] | undefined;
  /**
   * Signals to set to their default action. Ignored signals that are not named stay ignored; Node ignores SIGPIPE.
   * `'all'`: all but those in `sigignore`. Default: `[]`. Source: sigaction(2).
   */
  sigdefault?: readonly Signal[] | 'all' | undefined;
  /**
   * Signals to ignore. SIGKILL and SIGSTOP are refused, and a signal that `sigdefault` names too. Default: `[]`.
   * Source: sigaction(2).
   */
  sigignore?: readonly Signal[] | undefined;
  /** Scheduling policy. Source: sched_setscheduler(2). */
  schedPolicy?: SchedPolicy | undefined;
  /**
   * Static priority, 0 … 99; 0 for all policies but SCHED_FIFO and SCHED_RR. Default: 0 with `schedPolicy`, else this
   * process's own. Source: sched_setparam(2).
   */
  schedPriority?: number | undefined;
  /** File mode creation mask, 0 … 0o777. In force before the file actions open anything. Source: umask(2). */
  umask?: number | undefined;
  /**
   * true: only descriptors that are named survive, by `fds` and `fileActions`, or by the drop-in's `stdio` and
   * `inheritFds`. Default: false, in the drop-in true.
   */
  cloexecDefault?: boolean | undefined;
}

/** Signal sets as masks, and the steps that set attributes, in their order. */
export interface ParsedAttributes {
  readonly steps: readonly Step[];
  /** Of the ids; after everything that the caller's rights are needed for. */
  readonly idSteps: readonly Step[];
  readonly sigdefault: bigint;
  readonly sigignore: bigint;
  readonly sigmask: bigint | null;
  readonly privateMemory: boolean;
  readonly cloexecDefault: boolean;
}

type Loose = Readonly<Record<string, unknown>>;

export function parseAttributes(options: Loose): ParsedAttributes {
  const sigignore = parse(options, 'sigignore', 0n, (name, value) => signalSet(name, value, true));
  const sigdefault = parse(options, 'sigdefault', 0n, (name, value) => defaultSet(name, value, sigignore));
  const resetIds = parse(options, 'resetIds', false, checkBoolean);
  const idSteps = parseIds(options);
  return {
    steps: attributeSteps(options, resetIds),
    idSteps,
    sigdefault,
    sigignore,
    sigmask: parse(options, 'sigmask', null, (name, value) => signalSet(name, value, true)),
    privateMemory: resetIds || idSteps.length > 0,
    cloexecDefault: parse(options, 'cloexecDefault', false, checkBoolean),
  };
}

/** The order: session before group, as glibc and musl; scheduler while the ids still allow it; then the ids. */
function attributeSteps(options: Loose, resetIds: boolean): Step[] {
  const steps: Step[] = [];
  if (parse(options, 'setsid', false, checkBoolean)) steps.push({ op: 'setsid' });
  const pgroup = parse(options, 'pgroup', null, (name, value) => checkInteger(name, value, 0, 0x7fffffff));
  if (pgroup !== null) steps.push({ op: 'setpgid', pgroup });
  steps.push(...schedulerSteps(options));
  if (resetIds) steps.push({ op: 'reset-ids' });
  const mask = parse(options, 'umask', null, (name, value) => checkInteger(name, value, 0, 0o777));
  if (mask !== null) steps.push({ op: 'umask', mask });
  return steps;
}

/** Groups first, the user last: after it the right to change the others is gone. */
function parseIds(options: Loose): Step[] {
  const uid = parse(options, 'uid', null, checkId);
  const gid = parse(options, 'gid', null, checkId);
  const groups = parse(options, 'groups', null, checkGroups);
  const steps: Step[] = [];
  if (groups !== null || uid !== null || gid !== null) steps.push({ op: 'setgroups', gids: groups ?? [] });
  if (gid !== null) steps.push({ op: 'setgid', gid });
  if (uid !== null) steps.push({ op: 'setuid', uid });
  return steps;
}

export function checkGroups(name: string, value: unknown): readonly number[] {
  return checkEach(name, value, checkId);
}

/** The highest 32-bit number is the kernel's "no change". */
function checkId(name: string, value: unknown): number {
  return checkInteger(name, value, 0, 0xfffffffe);
}

function schedulerSteps(options: Loose): Step[] {
  const policy = parse(options, 'schedPolicy', null, parseSchedPolicy);
  const priority = parse(options, 'schedPriority', null, (name, value) => checkInteger(name, value, 0, 99));
  if (policy !== null) return [{ op: 'setscheduler', policy, priority: priority ?? 0 }];
  return priority === null ? [] : [{ op: 'setparam', priority }];
}

/** One option by its own parser; absent and undefined are the same. */
export function parse<T, D>(
  options: Loose,
  key: string,
  absent: D,
  parser: (name: string, value: unknown) => T,
): T | D {
  const value = options[key];
  return value === undefined ? absent : parser(`options.${key}`, value);
}

function defaultSet(name: string, value: unknown, sigignore: bigint): bigint {
  if (value === 'all') return ALL_SIGNALS & ~sigignore;
  if (!Array.isArray(value)) throw invalidArgType(name, "an instance of Array or 'all'", value);
  const set = signalSet(name, value, false);
  if (set & sigignore) throw invalidArgValue(name, value, 'must not name a signal that sigignore names too');
  return set & ALL_SIGNALS;
}

function parseSchedPolicy(name: string, value: unknown): number {
  if (typeof value === 'number') return checkInteger(name, value, 0, 0x7fffffff);
  if (typeof value !== 'string') throw invalidArgType(name, 'of type string or number', value);
  const policy = schedPolicyNames.indexOf(value);
  if (policy < 0)
    throw invalidArgValue(name, value, `must be one of ${schedPolicyNames.filter(Boolean).join(', ')}`);
  return policy;
}
