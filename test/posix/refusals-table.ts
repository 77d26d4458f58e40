// Every system call that the engine makes once it is loaded, and what becomes of starts where a filter refuses it.
// refusals.test.ts tries each row with ENOSYS and with EPERM, and compares the list of calls with the source.
import type { Moment } from './refusals-run.js';

/** Trials that fail. */
export interface Failures {
  /** Of which the titles match; what began before the filter came never does. */
  readonly trials: RegExp;
  /** Where the error says that it failed; null: in no step of a start. */
  readonly step: string | readonly string[] | null;
  /** Default: the errno of the filter. */
  readonly code?: string;
  /** What else the trial says. */
  readonly more?: Readonly<Record<string, unknown>>;
}

export interface Row {
  /** As in the source, `__NR_…`; some calls have rows for more than one use. */
  readonly call: string;
  /** Who makes it. */
  readonly by: 'parent' | 'watcher' | 'child' | 'parent, child' | 'parent, watcher' | 'all';
  /** Why it is refused in no row. */
  readonly spared?: string;
  /** Rules without their errno. Default: the call, wherever the engine makes it. */
  readonly rules?: readonly string[];
  /** Default: none, all is as without the filter. */
  readonly fails?: readonly Failures[];
  /** The same where the filter comes later. Default: `fails`. */
  readonly failsLater?: readonly Failures[];
  /** Trials of other outcome, which is no failure; the same for each errno. */
  readonly values?: Readonly<Record<string, unknown>>;
  readonly valuesLater?: Readonly<Record<string, unknown>>;
  /** Default: before the first start, and after starts of each kind. */
  readonly moments?: readonly Moment[];
  /** Default: as the engine chooses. */
  readonly env?: Readonly<Record<string, string>>;
}

const NOTHING: readonly Failures[] = [];
/** Each trial that starts something. */
const STARTS = /^(posixSpawn|spawn|exec|attributes|20)/;
/** Those whose child is watched: all but spawnSync. */
const WATCHED = /^(posixSpawn|spawn,|exec|attributes|20)/;
/** Watched, and the program begins. */
const BEGUN = /^(?!.*(, no |failures|before exec|aborted))(posixSpawn|spawn,|exec|attributes|20)/;
/** The second door with pipes of its own. */
const WITH_PIPES = /^(spawn|spawnSync), (pipes|no )|^exec|^spawnSync, (idle|timeout)/;
const STDIO = /, (output|pipes)|^exec|^spawn(Sync)?, no |^spawnSync, (idle|timeout)|^attributes, (dup2|close|closefrom|swap)/;
const OPENS = /, (ignored|no file|before exec|stuck|slow|aborted)|^attributes, (open|tcsetpgrp)|^20 of spawn|^spawn, idle/;

function fail(trials: RegExp, step: Failures['step'], more: Partial<Failures> = {}): Failures[] {
  return [{ trials, step, ...more }];
}

/** A call that one step makes: only starts with that step fail, and say so. */
function step(call: string, name = call, trials = new RegExp(`^attributes, ${name}$`)): Row {
  return { call, by: 'child', fails: fail(trials, name) };
}

const FLAT = { FORKLESS_FLAT: 'always' };

export const rows: readonly Row[] = [
  // ---- the start, in the parent
  { call: 'mmap', by: 'parent', fails: fail(STARTS, 'arena'), failsLater: NOTHING },
  { call: 'mprotect', by: 'parent', fails: fail(STARTS, 'arena'), failsLater: NOTHING },
  { call: 'munmap', by: 'parent' },
  { call: 'getpid', by: 'parent' },
  { call: 'rt_sigprocmask', by: 'all', fails: fail(STARTS, 'sigmask') },
  { call: 'pipe2', by: 'parent', fails: fail(STARTS, 'pipe') },
  { call: 'socketpair', by: 'parent', fails: fail(WITH_PIPES, null) },
  { call: 'clone3', by: 'parent', values: { rung: 2 } },
  { call: 'clone', by: 'parent' },
  { call: 'clone', by: 'parent', rules: ['engine.clone3', 'engine.clone'], fails: fail(STARTS, 'clone') },
  { call: 'getrusage', by: 'parent' },

  // ---- the reserve and the flat mode
  { call: 'memfd_create', by: 'parent' },
  { call: 'prlimit64', by: 'parent' },
  { call: 'statx', by: 'parent, child' },
  { call: 'unshare', by: 'child', env: FLAT },

  // ---- the verdict and the end
  { call: 'read', by: 'parent' },
  { call: 'readv', by: 'parent' },
  { call: 'fstatfs', by: 'parent' },
  { call: 'waitid', by: 'parent, watcher' },
  { call: 'wait4', by: 'parent, watcher' },
  { call: 'ppoll', by: 'all' },
  { call: 'clock_nanosleep', by: 'parent, watcher' },
  { call: 'nanosleep', by: 'parent, watcher' },
  { call: 'getsid', by: 'parent, watcher' },
  { call: 'readlinkat', by: 'parent, watcher' },
  { call: 'futex', by: 'parent, child' },
  { call: 'sched_yield', by: 'parent, watcher' },
  { call: 'pidfd_send_signal', by: 'parent, watcher' },
  { call: 'kill', by: 'parent, watcher' },
  { call: 'pidfd_open', by: 'parent' },
  { call: 'ioctl', by: 'all', fails: fail(/tcsetpgrp/, 'tcsetpgrp') },
  { call: 'epoll_create1', by: 'parent, watcher', fails: fail(WATCHED, 'watch'), failsLater: NOTHING },
  { call: 'epoll_ctl', by: 'parent, watcher', fails: fail(BEGUN, 'watch') },
  { call: 'epoll_ctl', by: 'watcher', rules: ['engine.epoll_ctl-del'] },
  { call: 'epoll_pwait', by: 'watcher' },
  { call: 'timerfd_create', by: 'parent, watcher' },
  { call: 'timerfd_settime', by: 'parent, watcher' },

  // ---- the synchronous functions
  { call: 'clock_gettime', by: 'parent' },
  { call: 'times', by: 'parent' },
  { call: 'sendto', by: 'parent' },
  { call: 'sendmsg', by: 'parent' },
  { call: 'recvfrom', by: 'parent' },
  { call: 'recvmsg', by: 'parent' },
  { call: 'shutdown', by: 'parent' },

  // ---- the child, on its way to exec
  { call: 'prctl', by: 'child' },
  { call: 'getppid', by: 'child' },
  { call: 'rt_sigaction', by: 'child', fails: fail(STARTS, 'signals') },
  { call: 'fcntl', by: 'parent, child', fails: fail(STARTS, ['keep-if-open', 'inherit', 'report-pipe']) },
  { call: 'close', by: 'all', rules: ['engine.close:900'], fails: fail(/^attributes, close$/, 'close') },
  { call: 'close_range', by: 'parent, child' },
  { call: 'getdents64', by: 'child' },
  { call: 'pselect6', by: 'child' },
  { call: 'dup3', by: 'parent, child', fails: fail(STDIO, 'dup2') },
  { call: 'openat', by: 'parent, child', fails: fail(OPENS, 'open') },
  {
    call: 'write',
    by: 'child',
    fails: [],
  },
  { call: 'execve', by: 'child', fails: fail(STARTS, 'execve') },
  { call: 'exit_group', by: 'child' },

  // ---- steps
  step('chdir', 'chdir', /no cwd|^attributes, chdir/),
  step('fchdir'),
  step('setsid', 'setsid', /^attributes, (setsid|tcsetpgrp)/),
  step('setpgid'),
  step('getpgid', 'tcsetpgrp'),
  step('sched_setscheduler', 'setscheduler'),
  step('sched_setparam', 'setparam'),
  step('umask'),
  step('setgroups', 'setgroups', /^attributes, set(groups|uid|gid)/),
  step('setgid'),
  step('setuid'),
  step('getgid', 'reset-ids', /reset-ids/),
  step('getuid', 'reset-ids', /reset-ids/),
  step('setresgid', 'reset-ids', /reset-ids/),
  step('setresuid', 'reset-ids', /reset-ids/),
];
