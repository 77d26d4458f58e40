// What others can set between fork and exec, what it is called here, and where that is tested.

export interface Row {
  readonly theirs: string;
  /** An option, or what else does it. null: nothing here, for the reason. */
  readonly ours: string | null;
  /** The test, in test/, that names `ours`. */
  readonly test?: string;
  readonly reason?: string;
}

const row = (theirs: string, ours: string, test: string): Row => ({ theirs, ours, test });
const none = (theirs: string, reason: string): Row => ({ theirs, ours: null, reason });
const sandbox = (theirs: string): Row => none(theirs, 'belongs to the sandbox');

/** Go's syscall.SysProcAttr on Linux, with its Credential. */
export const go: readonly Row[] = [
  row('Chroot', 'chroot', 'attributes/chroot'),
  row('Credential.Uid', 'uid', 'attributes/users'),
  row('Credential.Gid', 'gid', 'attributes/users'),
  row('Credential.Groups', 'groups', 'attributes/users'),
  row('Credential.NoSetGroups', "groups: 'keep'", 'attributes/users'),
  row('Ptrace', 'ptrace', 'attributes/ptrace'),
  row('Setsid', 'setsid', 'attributes/attributes'),
  row('Setpgid', 'pgroup', 'attributes/attributes'),
  row('Pgid', 'pgroup', 'attributes/attributes'),
  row('Setctty', 'ctty', 'attributes/terminals'),
  row('Ctty', 'ctty', 'attributes/terminals'),
  row('Noctty', 'noctty', 'attributes/terminals'),
  row('Foreground', 'foreground', 'attributes/terminals'),
  row('Pdeathsig', 'pdeathsig', 'attributes/pdeathsig'),
  sandbox('Cloneflags'),
  sandbox('Unshareflags'),
  sandbox('UidMappings'),
  sandbox('GidMappings'),
  sandbox('GidMappingsEnableSetgroups'),
  row('AmbientCaps', 'capabilities', 'attributes/capabilities'),
  row('UseCgroupFD', 'cgroup', 'attributes/cgroup'),
  row('CgroupFD', 'cgroup', 'attributes/cgroup'),
  row('PidFD', 'pidfd', 'engine/pidfd-reused'),
];

/** glibc's flags of posix_spawnattr_setflags(3), and its file actions. */
export const glibc: readonly Row[] = [
  row('POSIX_SPAWN_RESETIDS', 'resetIds', 'attributes/ids'),
  row('POSIX_SPAWN_SETPGROUP', 'pgroup', 'attributes/attributes'),
  row('POSIX_SPAWN_SETSIGDEF', 'sigdefault', 'attributes/signals'),
  row('POSIX_SPAWN_SETSIGMASK', 'sigmask', 'attributes/signals'),
  row('POSIX_SPAWN_SETSCHEDPARAM', 'schedPriority', 'attributes/attributes'),
  row('POSIX_SPAWN_SETSCHEDULER', 'schedPolicy', 'attributes/attributes'),
  none('POSIX_SPAWN_USEVFORK', 'does nothing in glibc either'),
  row('POSIX_SPAWN_SETSID', 'setsid', 'attributes/attributes'),
  row('posix_spawnattr_setcgroup_np', 'cgroup', 'attributes/cgroup'),
  row('posix_spawn_file_actions_addopen', 'addOpen', 'posix/file-actions'),
  row('posix_spawn_file_actions_addclose', 'addClose', 'posix/file-actions'),
  row('posix_spawn_file_actions_adddup2', 'addDup2', 'posix/file-actions'),
  row('posix_spawn_file_actions_addchdir_np', 'addChdir', 'posix/file-actions'),
  row('posix_spawn_file_actions_addfchdir_np', 'addFchdir', 'posix/file-actions'),
  row('posix_spawn_file_actions_addclosefrom_np', 'addClosefrom', 'posix/file-actions'),
  row('posix_spawn_file_actions_addtcsetpgrp_np', 'addTcsetpgrp', 'posix/terminal'),
];

/** The calls of Erlang's alcove that change what a later exec gets. Those that ask, and the BSDs' own, are left out. */
export const alcove: readonly Row[] = [
  row('chdir', 'cwd', 'attributes/attributes'),
  row('chroot', 'chroot', 'attributes/chroot'),
  row('clearenv, setenv, unsetenv', 'env', 'posix/environment'),
  row('close', 'addClose', 'posix/file-actions'),
  row('execve, execvp', 'posixSpawnp', 'posix/path'),
  row('fexecve', 'execFd', 'attributes/exec-fd'),
  row('fcntl F_SETFD', 'setCloexec', 'posix/cloexec'),
  row('ioctl TIOCSCTTY', 'ctty', 'attributes/terminals'),
  row('open', 'addOpen', 'posix/file-actions'),
  row('prctl PR_SET_NO_NEW_PRIVS', 'noNewPrivs', 'attributes/effects'),
  row('prctl PR_SET_SECUREBITS', 'securebits', 'attributes/effects'),
  row('prctl PR_SET_CHILD_SUBREAPER', 'childSubreaper', 'attributes/effects'),
  row('prctl PR_SET_TIMERSLACK', 'timerSlack', 'attributes/effects'),
  row('prctl PR_SET_PDEATHSIG', 'pdeathsig', 'attributes/pdeathsig'),
  row('prctl PR_CAPBSET_DROP', 'capabilities', 'attributes/capabilities'),
  none('prctl PR_SET_KEEPCAPS', 'exec clears it'),
  none('prctl PR_SET_DUMPABLE', 'exec sets it anew'),
  none('prctl PR_SET_NAME', 'exec sets it anew'),
  row('ptrace PTRACE_TRACEME', 'ptrace', 'attributes/ptrace'),
  row('setpgid', 'pgroup', 'attributes/attributes'),
  row('setpriority', 'nice', 'attributes/limits'),
  row('setgid, setresgid', 'gid', 'attributes/users'),
  row('setgroups', 'groups', 'attributes/users'),
  row('setuid, setresuid', 'uid', 'attributes/users'),
  row('setrlimit', 'rlimits', 'attributes/limits'),
  row('setsid', 'setsid', 'attributes/attributes'),
  row('sigaction', 'sigignore', 'attributes/signals'),
  sandbox('clone, unshare, setns'),
  sandbox('mount, umount, pivot_root'),
  sandbox('seccomp'),
  sandbox('sethostname'),
  none('chmod, chown, link, mkdir, mkfifo, rmdir, symlink, unlink', 'the caller can do it before the start'),
  none('connect, socket, read, write, lseek, select', 'the caller can do it before the start'),
];
