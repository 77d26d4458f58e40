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

/** In place of a value that depends on how fast the machine is. */
export const ANYTHING = Symbol('anything');

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
  /** Trials that fail, or are as without the filter. */
  readonly mayFail?: readonly Failures[];
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

const BY_PRCTL = ['timer-slack', 'securebits', 'no-new-privs', 'child-subreaper', 'pdeathsig'];
const NOTHING: readonly Failures[] = [];
const START = '^(posixSpawn|spawn|exec|attributes|20)';
/** Each trial that starts something. */
const STARTS = new RegExp(START);
/**
 * Those that fail where nothing can be watched. Not spawnSync, which needs no watcher; nor what Node's own function does
 * then in the place of the drop-in: all that names none of the further options.
 */
const WATCHED = new RegExp(`(?!^spawn|^exec|^20 of spawn)${START}`);
/** Of those: an error of Node's own has no cause. */
const ERRORS_OF_NODE = { 'spawn, no program': { code: 'ENOENT' }, 'spawn, no cwd': { code: 'ENOENT' } };
/** Those that the watcher gets: before exec from posixSpawn, after it from the others. */
const HANDED_OVER = new RegExp(`(?!^spawn(Sync)?, no |^posixSpawnSync, no |^spawnSync)${START}`);
/** Those that the runner carries out: its calls come from another program than the engine. */
const BY_RUNNER = 'set(uid|gid|groups)|keyring|capabilities';
/** Those that come to exec in the engine. */
const EXECED = new RegExp(`(?!.*(, no cwd|, no file|before exec|aborted|, (${BY_RUNNER})$))${START}`);
/** The second door with pipes of its own. */
const WITH_PIPES = /^(spawn|spawnSync), (pipes|no )|^exec|^spawnSync, (idle|timeout)/;
/** Several starts at once. */
const AT_ONCE = /^20|idle|slow|aborted|before exec|stuck/;
const FLAGS =
  /^(posixSpawn(Sync)?, (?!no cwd)|spawn(Sync)?, (exit|killed)|attributes, (?!sweep)|20 (?!of spawn))/;
const STDIO =
  /, (output|pipes)|^exec|^spawn(Sync)?, no |^spawnSync, (idle|timeout)|^attributes, (dup2|close|closefrom|swap)/;
const OPENS =
  /, (ignored|no file|killed before exec|stuck|slow|aborted)|^attributes, (open|tcsetpgrp)|^20 of spawn|^spawn, idle/;

/** Starts that close what they do not name. */
const CLOSING = ['sweep', 'closefrom'];
const ALL_CLOSED = /^(spawn|exec|20 of spawn)|^attributes, (sweep|closefrom)/;

function fail(trials: RegExp, step: Failures['step'], more: Partial<Failures> = {}): Failures[] {
  return [{ trials, step, ...more }];
}

/** A call that one step makes: only starts with that step fail, and say so. */
function step(call: string, name = call, trials = new RegExp(`^attributes, ${name}$`)): Row {
  return { call, by: 'child', fails: fail(trials, name) };
}

/** The same, by the runner. No program of the test makes these calls. */
function runnerStep(call: string, name = call, trials = new RegExp(`^attributes, ${name}$`)): Row {
  return { ...step(call, name, trials), rules: [call], moments: ['launch'] };
}

/** Names with a space between them. The first has a row of its own, as all have. */
function pair(calls: string): Row {
  const rules = calls.split(' ').map((call) => `engine.${call}`);
  return { call: calls.replace(/\W.*/, ''), by: 'parent, child', rules };
}

const FLAT = { FORKLESS_FLAT: 'always' };
const ENDED = { more: { status: 0, text: '' } };

/** That the program has not run is known all the same. */
const UNREPORTED = { code: 'ERR_CHILD_DIED', more: { exitCode: 127 } };
const LOST_REPORTS = [
  ...fail(/, no program|^20 failures/, 'execve', UNREPORTED),
  ...fail(/, no cwd/, 'chdir', UNREPORTED),
  ...fail(/, no file/, 'open', UNREPORTED),
];

export const rows: readonly Row[] = [
  // ---- the start, in the parent
  // Later there is the memory of earlier starts, for one start at a time.
  ...['mmap', 'mprotect'].flatMap((call): Row[] => [
    { call, by: 'parent', moments: ['first'], fails: fail(STARTS, 'arena'), values: { rung: null } },
    { call, by: 'parent', moments: ['later'], mayFail: fail(AT_ONCE, 'arena') },
  ]),
  { call: 'munmap', by: 'parent' },
  { call: 'getpid', by: 'parent' },
  {
    call: 'rt_sigprocmask',
    by: 'all',
    fails: [...fail(/^spawnSync/, 'sigmask'), ...fail(WATCHED, 'watch')],
    failsLater: fail(STARTS, 'sigmask'),
    values: { rung: null, ...ERRORS_OF_NODE },
    valuesLater: {},
  },
  {
    call: 'pipe2',
    by: 'parent',
    // The test's own pipes are the library's too.
    fails: [...fail(/, output/, null), ...fail(STARTS, 'pipe')],
    values: { rung: null },
    valuesLater: {},
  },
  { call: 'socketpair', by: 'parent', fails: fail(WITH_PIPES, null) },
  { call: 'clone3', by: 'parent', values: { rung: 2 } },
  { call: 'clone', by: 'parent' },
  {
    call: 'clone',
    by: 'parent',
    rules: ['engine.clone3', 'engine.clone'],
    fails: fail(STARTS, 'clone'),
    values: { rung: null },
    valuesLater: {},
  },
  { call: 'getrusage', by: 'parent' },

  // ---- the reserve and the flat mode
  { call: 'memfd_create', by: 'parent' },
  { call: 'prlimit64', by: 'parent, child' },
  { call: 'statx', by: 'parent, child' },
  { call: 'unshare', by: 'child', env: FLAT },

  // ---- the verdict and the end
  { call: 'read', by: 'parent, child' },
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
  {
    call: 'epoll_create1',
    by: 'parent, watcher',
    fails: fail(WATCHED, 'watch'),
    failsLater: NOTHING,
    values: ERRORS_OF_NODE,
    valuesLater: {},
  },
  { call: 'epoll_ctl', by: 'parent, watcher', fails: fail(HANDED_OVER, 'watch') },
  { call: 'epoll_ctl', by: 'watcher', rules: ['engine.epoll_ctl-del'] },
  { call: 'epoll_pwait', by: 'watcher' },
  { call: 'timerfd_create', by: 'parent, watcher' },
  { call: 'timerfd_settime', by: 'parent, watcher' },

  // ---- the synchronous functions
  { call: 'clock_gettime', by: 'parent' },
  // whether a program is known: where that cannot be found out, the drop-in waits for exec
  { call: 'geteuid', by: 'parent' },
  { call: 'getegid', by: 'parent' },
  { call: 'getgroups', by: 'parent' },
  { call: 'uname', by: 'parent' },
  { call: 'faccessat', by: 'parent, child' },
  { call: 'rt_sigtimedwait', by: 'child' },
  { call: 'times', by: 'parent' },
  { call: 'sendto', by: 'parent' },
  { call: 'sendmsg', by: 'parent' },
  { call: 'recvfrom', by: 'parent' },
  { call: 'recvmsg', by: 'parent' },
  { call: 'shutdown', by: 'parent' },

  // ---- the child, on its way to exec
  {
    call: 'prctl',
    by: 'child',
    fails: [
      ...BY_PRCTL.flatMap((name) => fail(new RegExp(`^attributes, ${name}$`), name)),
      ...fail(/^attributes, capabilities$/, 'capability-inheritable'),
    ],
  },
  { call: 'getppid', by: 'child' },
  { call: 'rt_sigaction', by: 'child', fails: fail(STARTS, 'signals') },
  { call: 'fcntl', by: 'parent, child', fails: fail(FLAGS, ['keep-if-open', 'inherit', 'report-pipe']) },
  { call: 'close', by: 'all', rules: ['engine.close:900'], fails: fail(/^attributes, close$/, 'close') },
  { call: 'close_range', by: 'parent, child' },
  { call: 'getdents64', by: 'child' },
  { call: 'pselect6', by: 'child' },
  { call: 'dup3', by: 'parent, child', fails: fail(STDIO, 'dup2') },
  { call: 'openat', by: 'parent, child', fails: fail(OPENS, 'open') },
  { call: 'write', by: 'child', fails: LOST_REPORTS },
  { call: 'execve', by: 'child', fails: fail(EXECED, 'execve') },

  // ---- the runner. Where it cannot be used, or what proves its exec is refused, such starts take rung 4
  {
    call: 'execveat',
    by: 'child',
    failsLater: fail(/^attributes, setuid$/, 'own-memory'),
  },
  {
    call: 'capget',
    by: 'parent, child',
    fails: fail(/^attributes, capabilities$/, 'capability-inheritable'),
  },
  ...['getresuid', 'getresgid', 'getrandom'].map((call): Row => ({ call, by: 'parent' })),
  { call: 'process_mrelease', by: 'parent, watcher' },
  ...['2', '3'].map(
    (rung): Row => ({
      call: 'process_mrelease',
      by: 'parent, watcher',
      moments: ['later'],
      env: { FORKLESS_RUNG: rung },
    }),
  ),
  { call: 'exit_group', by: 'child' },
  // No thread can end then, and the start of such a child waits for that of its maker.
  { call: 'exit', by: 'all', values: { 'attributes, pdeathsig': undefined } },

  // ---- steps
  {
    call: 'chdir',
    by: 'child',
    fails: [...fail(/no cwd|^attributes, chdir/, 'chdir'), ...fail(/^attributes, chroot$/, 'chroot')],
  },
  step('fchdir'),
  step('setsid', 'setsid', /^attributes, (setsid|tcsetpgrp)/),
  step('setpgid'),
  step('getpgid', 'tcsetpgrp'),
  {
    call: 'sched_setscheduler',
    by: 'child',
    fails: ['setscheduler', 'reset-on-fork'].flatMap((name) =>
      fail(new RegExp(`^attributes, ${name}$`), name),
    ),
  },
  step('sched_getscheduler', 'reset-on-fork'),
  step('sched_getparam', 'reset-on-fork'),
  step('sched_setaffinity', 'affinity'),
  step('sched_getaffinity', 'affinity'),
  step('ioprio_set', 'io-priority'),
  step('set_mempolicy', 'numa-policy'),
  step('get_mempolicy', 'numa-policy'),
  step('personality'),
  { call: 'lsm_set_self_attr', by: 'child' },
  step('sched_setparam', 'setparam'),
  step('umask'),
  { call: 'setpriority', by: 'child' },
  runnerStep('setgroups', 'setgroups', /^attributes, set(groups|uid|gid)/),
  runnerStep('setgid'),
  runnerStep('setuid'),
  runnerStep('keyctl', 'join-keyring', /^attributes, keyring$/),
  runnerStep('capset', 'capability-inheritable', /^attributes, capabilities$/),
  step('chroot'),
  step('getcwd', 'check-cwd', /^attributes, chroot$/),
  { call: 'ptrace', by: 'child', spared: 'a program that stops for its tracer ends no battery' },
  // whose death is awaited: the thread that made the child, which must be known to have ended
  step('getpriority', 'thread', /^attributes, pdeathsig$/),
  step('getgid', 'reset-ids', /reset-ids/),
  step('getuid', 'reset-ids', /reset-ids/),
  step('setresgid', 'reset-ids', /reset-ids/),
  step('setresuid', 'reset-ids', /reset-ids/),

  // ---- pairs: a call and what takes its place
  pair('waitid ppoll'),
  pair('waitid futex'),
  pair('ppoll futex'),
  pair('ppoll clock_nanosleep nanosleep'),
  pair('epoll_pwait timerfd_create clock_nanosleep'),
  pair('statx pidfd_open'),
  pair('getpid getppid ppoll'),
  pair('close_range getdents64'),
  { ...pair('close_range openat'), fails: fail(OPENS, 'open') },
  {
    ...pair('close_range openat pselect6'),
    fails: [...fail(ALL_CLOSED, CLOSING, { code: 'ENOSYS' }), ...fail(OPENS, 'open')],
  },
  { ...pair('close_range close:900'), fails: [...fail(ALL_CLOSED, CLOSING), ...fail(/, close$/, 'close')] },
  { ...pair('sendto sendmsg'), fails: fail(/^spawnSync, pipes/, null, ENDED) },
  { ...pair('recvfrom recvmsg'), fails: fail(/^spawnSync, (pipes|idle)/, null, ENDED) },
  { ...pair('read readv'), fails: fail(new RegExp(`(?!.*aborted)${START}`), 'verdict') },
  // Who cannot be waited for is not started. What runs already when such a filter comes stays a zombie.
  {
    ...pair('waitid wait4'),
    moments: ['first'],
    fails: fail(STARTS, 'verdict'),
    values: { rung: null },
  },

  // ---- the other rungs
  ...['2', '3', '4'].flatMap((rung) =>
    ['waitid', 'wait4', 'ppoll', 'futex', 'statx', 'setpgid'].map(
      (call): Row => ({
        ...(call === 'setpgid' ? step(call) : { call, by: 'parent, watcher' }),
        moments: ['later'],
        env: { FORKLESS_RUNG: rung },
      }),
    ),
  ),
  // Without the exit signal as a proof.
  ...['readlinkat', 'getsid', 'pidfd_open', 'readlinkat waitid'].map(
    (calls): Row => ({ ...pair(calls), env: { FORKLESS_RUNG: '3' } }),
  ),
  ...['setpgid readlinkat', 'setpgid readlinkat waitid'].map(
    (calls): Row => ({ ...pair(calls), env: { FORKLESS_RUNG: '3' }, fails: fail(/, setpgid$/, 'setpgid') }),
  ),

  // ---- the flat mode
  ...['close_range', 'futex', 'waitid', 'ppoll', 'futex clock_gettime'].map(
    (calls): Row => ({ ...pair(calls), env: FLAT }),
  ),
  ...['statx', 'clone3'].map(
    (calls): Row => ({
      ...pair(calls),
      moments: ['first'],
      env: FLAT,
      values: { flat: false, ...(calls === 'clone3' && { rung: 2 }) },
    }),
  ),
  { ...pair('statx'), moments: ['later'], env: FLAT },
  // The first start finds out. It is waited for, but not for long, and may fail, as the first after a later filter does.
  {
    ...pair('close_range unshare'),
    env: FLAT,
    values: { flat: ANYTHING },
    mayFail: fail(/^posixSpawn(Sync)?, exit 3$/, 'table'),
  },
  {
    ...pair('dup3'),
    env: FLAT,
    fails: fail(STDIO, 'dup2'),
    // From another number, where its own is not the lowest that is free.
    mayFail: fail(/stuck and released|slow/, 'open'),
    values: { flat: false },
    valuesLater: {},
  },
  { call: 'write', by: 'child', env: FLAT, fails: LOST_REPORTS },

  // ---- filters that meet Node and the started program as well, and are there from the beginning
  ...[
    'waitid',
    'ppoll',
    'pidfd_open',
    'pidfd_send_signal',
    'close_range',
    'memfd_create',
    'unshare',
    'getppid',
    'statx',
    'fstatfs',
    'timerfd_create',
  ].map((call): Row => ({ call, by: 'all', rules: [call], moments: ['launch'] })),
  { ...step('setpgid'), rules: ['setpgid'], moments: ['launch'] },
];
