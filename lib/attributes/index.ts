import type { Attribute, Doors } from './attribute.js';
import { capabilities } from './capabilities.js';
import { cgroup } from './cgroup.js';
import { childSubreaper } from './child-subreaper.js';
import { chroot } from './chroot.js';
import { cloexecDefault } from './cloexec-default.js';
import { coredumpFilter } from './coredump-filter.js';
import { cpuAffinity } from './cpu-affinity.js';
import { ctty } from './ctty.js';
import { cwd } from './cwd.js';
import { dieWithParent } from './die-with-parent.js';
import { env } from './env.js';
import { execFd } from './exec-fd.js';
import { fds } from './fds.js';
import { fileActions } from './file-actions.js';
import { foreground } from './foreground.js';
import { gid } from './gid.js';
import { groups } from './groups.js';
import { inheritFds } from './inherit-fds.js';
import { ioPriority } from './io-priority.js';
import { keyring } from './keyring.js';
import { memoryMerge } from './memory-merge.js';
import { nice } from './nice.js';
import { noNewPrivs } from './no-new-privs.js';
import { noctty } from './noctty.js';
import { numaPolicy } from './numa-policy.js';
import { oomScoreAdj } from './oom-score-adj.js';
import { pdeathsig } from './pdeathsig.js';
import { personality } from './personality.js';
import { pgroup } from './pgroup.js';
import { ptrace } from './ptrace.js';
import { resetIds } from './reset-ids.js';
import { rlimits } from './rlimits.js';
import { schedPolicy } from './sched-policy.js';
import { schedPriority } from './sched-priority.js';
import { schedResetOnFork } from './sched-reset-on-fork.js';
import { securebits } from './securebits.js';
import { securityLabel } from './security-label.js';
import { setsid } from './setsid.js';
import { sigdefault } from './sigdefault.js';
import { sigignore } from './sigignore.js';
import { sigmask } from './sigmask.js';
import { signal } from './signal.js';
import { timerSlack } from './timer-slack.js';
import { transparentHugePages } from './transparent-huge-pages.js';
import { uid } from './uid.js';
import { umask } from './umask.js';
import { waitForExec } from './wait-for-exec.js';

/**
 * Every option of a start: the only list of their names. Its order is that of the documentation, and within a phase
 * (plan/phases.ts) that of the steps.
 */
export const attributes = [
  env,
  cwd,
  fds,
  fileActions,
  cloexecDefault,
  inheritFds,
  signal,
  sigmask,
  sigdefault,
  sigignore,
  setsid,
  pgroup,
  umask,
  schedPolicy,
  schedPriority,
  schedResetOnFork,
  nice,
  cpuAffinity,
  ioPriority,
  numaPolicy,
  timerSlack,
  resetIds,
  ctty,
  noctty,
  foreground,
  cgroup,
  oomScoreAdj,
  coredumpFilter,
  transparentHugePages,
  memoryMerge,
  chroot,
  rlimits,
  keyring,
  securebits,
  groups,
  gid,
  uid,
  capabilities,
  pdeathsig,
  dieWithParent,
  securityLabel,
  noNewPrivs,
  personality,
  childSubreaper,
  ptrace,
  execFd,
  waitForExec,
] as const;

type Every = (typeof attributes)[number];
type OptionOf<A> =
  A extends Attribute<infer Option, string, infer _Kind, Doors, infer _Checked> ? Option : never;
type Intersection<U> = (U extends unknown ? (each: U) => void : never) extends (all: infer I) => void
  ? I
  : never;
/** The options of all attributes that are like `Like`, as one type. */
type OptionsOf<Like> = Intersection<OptionOf<Extract<Every, Like>>>;

type PosixAttributes = OptionsOf<{ kind: 'attribute'; doors: { posix: 'own' } }>;
type PosixOptions = OptionsOf<{ kind: 'option'; doors: { posix: 'own' } }>;
type DropInOptions = OptionsOf<{ doors: { dropIn: 'own' } }>;

/**
 * posix_spawnattr_t, and a little more. What is absent, or undefined, is inherited from this process. What was asked
 * for and cannot be done is an error with the name of the step, never ignored. Source: POSIX.1-2024,
 * posix_spawnattr_setflags(3) and its siblings.
 */
export interface SpawnAttributes extends PosixAttributes {}

/**
 * Options of {@link posixSpawn} and its siblings, all optional; undefined is the same as absent. One that is not known
 * is `ERR_INVALID_ARG_VALUE`. They are read during the call: what is changed after it has no effect. In which order
 * they are carried out: docs/posix-spawn.md.
 */
export interface PosixSpawnOptions extends SpawnAttributes, PosixOptions {}

/**
 * What `spawn` and its siblings take here besides Node's own options: the attributes of `posixSpawn` (`uid` and `gid`
 * are Node's own), and which descriptors survive.
 *
 * What is absent is as libuv has it, which is not always as the attribute says for `posixSpawn`: signals 1 to 31 have
 * their default action (`sigdefault` adds to that), none is blocked (`sigmask`), `groups` are dropped with `uid` or
 * `gid` where that is allowed, and `cloexecDefault` is true. A wrong value is a TypeError or RangeError, thrown before
 * anything happens.
 */
export interface MoreOptions extends DropInOptions {}

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
/** Each name is that of its option, and no option has a second property: else this does not compile. */
true satisfies Same<Every['name'], keyof OptionsOf<unknown>>;
