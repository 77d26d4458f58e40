// Generated from csrc/core/steps.def by `npm run generate`: change that, not this.
import type { Bytes } from '../bytes.js';

/** One operation of the child. The union is the whole language: no conditions, no jumps. */
export type StepFields =
  | {
      readonly op: 'open';
      readonly fd: number;
      readonly flags: number;
      readonly mode: number;
      readonly path: Bytes;
    }
  | { readonly op: 'dup2'; readonly fd: number; readonly newFd: number }
  | { readonly op: 'close'; readonly fd: number }
  | { readonly op: 'chdir'; readonly path: Bytes }
  | { readonly op: 'fchdir'; readonly fd: number }
  | { readonly op: 'closefrom'; readonly lowFd: number }
  | { readonly op: 'inherit'; readonly fd: number }
  | { readonly op: 'keep-if-open'; readonly fd: number }
  | { readonly op: 'tcsetpgrp'; readonly fd: number }
  | { readonly op: 'save'; readonly fd: number }
  | { readonly op: 'restore'; readonly newFd: number }
  | { readonly op: 'sweep'; readonly lowFd: number; readonly highFd: number }
  | { readonly op: 'setsid' }
  | { readonly op: 'setpgid'; readonly pgroup: number }
  | { readonly op: 'ctty'; readonly fd: number }
  | { readonly op: 'noctty' }
  | { readonly op: 'reset-ids' }
  | { readonly op: 'setscheduler'; readonly policy: number; readonly priority: number }
  | { readonly op: 'setparam'; readonly priority: number }
  | { readonly op: 'nice'; readonly nice: number }
  | {
      readonly op: 'rlimit';
      readonly resource: number;
      readonly soft: bigint | null;
      readonly hard: bigint | null;
    }
  | { readonly op: 'umask'; readonly mask: number }
  | { readonly op: 'set-blocking'; readonly fd: number }
  | { readonly op: 'setgroups'; readonly gids: readonly number[] }
  | { readonly op: 'drop-groups-if-allowed' }
  | { readonly op: 'setgid'; readonly gid: number }
  | { readonly op: 'setuid'; readonly uid: number }
  | { readonly op: 'own-memory' }
  | { readonly op: 'reset-on-fork' }
  | { readonly op: 'affinity'; readonly cpus: readonly number[] }
  | { readonly op: 'io-priority'; readonly priority: number }
  | { readonly op: 'numa-policy'; readonly mode: number; readonly nodes: readonly number[] }
  | { readonly op: 'timer-slack'; readonly nanoseconds: bigint }
  | { readonly op: 'securebits'; readonly bits: number }
  | { readonly op: 'apparmor'; readonly label: Uint8Array }
  | { readonly op: 'selinux'; readonly label: Uint8Array }
  | { readonly op: 'no-new-privs' }
  | { readonly op: 'personality'; readonly personality: number }
  | { readonly op: 'child-subreaper' }
  | { readonly op: 'listen-pid' }
  | { readonly op: 'pdeathsig'; readonly sig: number }
  | { readonly op: 'join-cgroup'; readonly path: Bytes }
  | { readonly op: 'join-cgroup-fd'; readonly fd: number }
  | { readonly op: 'oom-score-adj'; readonly score: number }
  | { readonly op: 'coredump-filter'; readonly filter: number }
  | { readonly op: 'transparent-huge-pages'; readonly allowed: number }
  | { readonly op: 'memory-merge'; readonly wanted: number }
  | { readonly op: 'join-keyring' }
  | { readonly op: 'capability-keep' }
  | { readonly op: 'capability-bounding'; readonly capabilitySet: bigint }
  | { readonly op: 'capability-inheritable'; readonly capabilitySet: bigint }
  | { readonly op: 'capability-ambient'; readonly capabilitySet: bigint }
  | { readonly op: 'capability-lower' }
  | { readonly op: 'chroot'; readonly path: Bytes }
  | { readonly op: 'check-cwd' }
  | { readonly op: 'ptrace' }
  | { readonly op: 'exec-fd'; readonly fd: number }
  | { readonly op: 'execve'; readonly path: Bytes };

/** @inline */
export type StepName = StepFields['op'];

/**
 * Moments of a start that are not steps of the list, but can fail all the same.
 * @inline
 */
export type StageName =
  | 'plan'
  | 'arena'
  | 'pipe'
  | 'clone'
  | 'thread'
  | 'watch'
  | 'table'
  | 'report-pipe'
  | 'signals'
  | 'sigmask'
  | 'verdict';

interface Operation<Name extends string> {
  readonly name: Name;
  /** The system call that fails when this operation does. */
  readonly syscall: string;
}

/** The position of a step is its number on the wire. */
export const stepTable: readonly Operation<StepName>[] = Object.freeze([
  { name: 'open', syscall: 'open' },
  { name: 'dup2', syscall: 'dup2' },
  { name: 'close', syscall: 'close' },
  { name: 'chdir', syscall: 'chdir' },
  { name: 'fchdir', syscall: 'fchdir' },
  { name: 'closefrom', syscall: 'close_range' },
  { name: 'inherit', syscall: 'fcntl' },
  { name: 'keep-if-open', syscall: 'fcntl' },
  { name: 'tcsetpgrp', syscall: 'ioctl' },
  { name: 'save', syscall: 'fcntl' },
  { name: 'restore', syscall: 'dup2' },
  { name: 'sweep', syscall: 'close_range' },
  { name: 'setsid', syscall: 'setsid' },
  { name: 'setpgid', syscall: 'setpgid' },
  { name: 'ctty', syscall: 'ioctl' },
  { name: 'noctty', syscall: 'ioctl' },
  { name: 'reset-ids', syscall: 'setresuid' },
  { name: 'setscheduler', syscall: 'sched_setscheduler' },
  { name: 'setparam', syscall: 'sched_setparam' },
  { name: 'nice', syscall: 'setpriority' },
  { name: 'rlimit', syscall: 'prlimit64' },
  { name: 'umask', syscall: 'umask' },
  { name: 'set-blocking', syscall: 'fcntl' },
  { name: 'setgroups', syscall: 'setgroups' },
  { name: 'drop-groups-if-allowed', syscall: 'setgroups' },
  { name: 'setgid', syscall: 'setgid' },
  { name: 'setuid', syscall: 'setuid' },
  { name: 'own-memory', syscall: 'execveat' },
  { name: 'reset-on-fork', syscall: 'sched_setscheduler' },
  { name: 'affinity', syscall: 'sched_setaffinity' },
  { name: 'io-priority', syscall: 'ioprio_set' },
  { name: 'numa-policy', syscall: 'set_mempolicy' },
  { name: 'timer-slack', syscall: 'prctl' },
  { name: 'securebits', syscall: 'prctl' },
  { name: 'apparmor', syscall: 'lsm_set_self_attr' },
  { name: 'selinux', syscall: 'lsm_set_self_attr' },
  { name: 'no-new-privs', syscall: 'prctl' },
  { name: 'personality', syscall: 'personality' },
  { name: 'child-subreaper', syscall: 'prctl' },
  { name: 'listen-pid', syscall: 'getpid' },
  { name: 'pdeathsig', syscall: 'prctl' },
  { name: 'join-cgroup', syscall: 'write' },
  { name: 'join-cgroup-fd', syscall: 'write' },
  { name: 'oom-score-adj', syscall: 'write' },
  { name: 'coredump-filter', syscall: 'write' },
  { name: 'transparent-huge-pages', syscall: 'prctl' },
  { name: 'memory-merge', syscall: 'prctl' },
  { name: 'join-keyring', syscall: 'keyctl' },
  { name: 'capability-keep', syscall: 'prctl' },
  { name: 'capability-bounding', syscall: 'prctl' },
  { name: 'capability-inheritable', syscall: 'capset' },
  { name: 'capability-ambient', syscall: 'prctl' },
  { name: 'capability-lower', syscall: 'capset' },
  { name: 'chroot', syscall: 'chroot' },
  { name: 'check-cwd', syscall: 'getcwd' },
  { name: 'ptrace', syscall: 'ptrace' },
  { name: 'exec-fd', syscall: 'fcntl' },
  { name: 'execve', syscall: 'execve' },
]);

/** Stages are numbered on from the steps. */
export const stageTable: readonly Operation<StageName>[] = Object.freeze([
  { name: 'plan', syscall: 'spawn' },
  { name: 'arena', syscall: 'mmap' },
  { name: 'pipe', syscall: 'pipe2' },
  { name: 'clone', syscall: 'clone' },
  { name: 'thread', syscall: 'clone' },
  { name: 'watch', syscall: 'epoll_ctl' },
  { name: 'table', syscall: 'dup2' },
  { name: 'report-pipe', syscall: 'fcntl' },
  { name: 'signals', syscall: 'rt_sigaction' },
  { name: 'sigmask', syscall: 'rt_sigprocmask' },
  { name: 'verdict', syscall: 'waitid' },
]);

/** The descriptor that the step reads, opens, closes or changes. */
export function fdOf(step: StepFields): number | undefined {
  switch (step.op) {
    case 'open':
    case 'dup2':
    case 'close':
    case 'fchdir':
    case 'inherit':
    case 'keep-if-open':
    case 'tcsetpgrp':
    case 'save':
    case 'ctty':
    case 'set-blocking':
    case 'join-cgroup-fd':
    case 'exec-fd':
      return step.fd;
    default:
      return undefined;
  }
}

/** The number that the step leaves open for the program, or closed, if it is about one. */
export function targetOf(step: StepFields): number | undefined {
  switch (step.op) {
    case 'open':
    case 'close':
    case 'inherit':
      return step.fd;
    case 'dup2':
    case 'restore':
      return step.newFd;
    default:
      return undefined;
  }
}

/** The report pipe must lie above this. Ranges step around it instead. */
export function highestNamed(step: StepFields): number {
  switch (step.op) {
    case 'open':
    case 'close':
    case 'fchdir':
    case 'inherit':
    case 'keep-if-open':
    case 'tcsetpgrp':
    case 'save':
    case 'ctty':
    case 'set-blocking':
    case 'join-cgroup-fd':
    case 'exec-fd':
      return step.fd;
    case 'dup2':
      return Math.max(step.fd, step.newFd);
    case 'restore':
      return step.newFd;
    default:
      return -1;
  }
}

/** The file that an error of the step is about. */
export function pathOf(step: StepFields): Bytes | undefined {
  switch (step.op) {
    case 'open':
    case 'chdir':
    case 'join-cgroup':
    case 'chroot':
    case 'execve':
      return step.path;
    default:
      return undefined;
  }
}

/** What a person wants to read of the step, in order. Of bytes how many they are. */
export function valuesOf(step: StepFields): readonly (number | bigint | null | readonly number[] | Bytes)[] {
  switch (step.op) {
    case 'open':
      return [step.fd, step.flags, step.mode, step.path];
    case 'dup2':
      return [step.fd, step.newFd];
    case 'close':
    case 'fchdir':
    case 'inherit':
    case 'keep-if-open':
    case 'tcsetpgrp':
    case 'save':
    case 'ctty':
    case 'set-blocking':
    case 'join-cgroup-fd':
    case 'exec-fd':
      return [step.fd];
    case 'chdir':
    case 'join-cgroup':
    case 'chroot':
    case 'execve':
      return [step.path];
    case 'closefrom':
      return [step.lowFd];
    case 'restore':
      return [step.newFd];
    case 'sweep':
      return [step.lowFd, step.highFd];
    case 'setpgid':
      return [step.pgroup];
    case 'setscheduler':
      return [step.policy, step.priority];
    case 'setparam':
    case 'io-priority':
      return [step.priority];
    case 'nice':
      return [step.nice];
    case 'rlimit':
      return [step.resource, step.soft, step.hard];
    case 'umask':
      return [step.mask];
    case 'setgroups':
      return [step.gids];
    case 'setgid':
      return [step.gid];
    case 'setuid':
      return [step.uid];
    case 'affinity':
      return [step.cpus];
    case 'numa-policy':
      return [step.mode, step.nodes];
    case 'timer-slack':
      return [step.nanoseconds];
    case 'securebits':
      return [step.bits];
    case 'apparmor':
    case 'selinux':
      return [step.label.length];
    case 'personality':
      return [step.personality];
    case 'pdeathsig':
      return [step.sig];
    case 'oom-score-adj':
      return [step.score];
    case 'coredump-filter':
      return [step.filter];
    case 'transparent-huge-pages':
      return [step.allowed];
    case 'memory-merge':
      return [step.wanted];
    case 'capability-bounding':
    case 'capability-inheritable':
    case 'capability-ambient':
      return [step.capabilitySet];
    default:
      return [];
  }
}

/** Takes a step apart: first `begin`, then its data in the order of the wire. */
export interface StepWriter {
  begin(op: number, fd: number, arg: number, arg2: number): void;
  u64(number: bigint): void;
  list(numbers: readonly number[]): void;
  blob(bytes: Uint8Array): void;
  string(text: Bytes): void;
}

export function writeStep(step: StepFields, to: StepWriter): void {
  switch (step.op) {
    case 'open':
      to.begin(0, step.fd, step.flags, step.mode);
      to.string(step.path);
      break;
    case 'dup2':
      to.begin(1, step.fd, step.newFd, 0);
      break;
    case 'close':
      to.begin(2, step.fd, 0, 0);
      break;
    case 'chdir':
      to.begin(3, 0, 0, 0);
      to.string(step.path);
      break;
    case 'fchdir':
      to.begin(4, step.fd, 0, 0);
      break;
    case 'closefrom':
      to.begin(5, step.lowFd, 0, 0);
      break;
    case 'inherit':
      to.begin(6, step.fd, 0, 0);
      break;
    case 'keep-if-open':
      to.begin(7, step.fd, 0, 0);
      break;
    case 'tcsetpgrp':
      to.begin(8, step.fd, 0, 0);
      break;
    case 'save':
      to.begin(9, step.fd, 0, 0);
      break;
    case 'restore':
      to.begin(10, 0, step.newFd, 0);
      break;
    case 'sweep':
      to.begin(11, step.lowFd, step.highFd, 0);
      break;
    case 'setsid':
      to.begin(12, 0, 0, 0);
      break;
    case 'setpgid':
      to.begin(13, 0, step.pgroup, 0);
      break;
    case 'ctty':
      to.begin(14, step.fd, 0, 0);
      break;
    case 'noctty':
      to.begin(15, 0, 0, 0);
      break;
    case 'reset-ids':
      to.begin(16, 0, 0, 0);
      break;
    case 'setscheduler':
      to.begin(17, 0, step.policy, step.priority);
      break;
    case 'setparam':
      to.begin(18, 0, step.priority, 0);
      break;
    case 'nice':
      to.begin(19, 0, step.nice, 0);
      break;
    case 'rlimit':
      to.begin(20, 0, step.resource, (step.soft === null ? 0 : 1) | (step.hard === null ? 0 : 2));
      to.u64(step.soft ?? 0n);
      to.u64(step.hard ?? 0n);
      break;
    case 'umask':
      to.begin(21, 0, step.mask, 0);
      break;
    case 'set-blocking':
      to.begin(22, step.fd, 0, 0);
      break;
    case 'setgroups':
      to.begin(23, 0, 0, 0);
      to.list(step.gids);
      break;
    case 'drop-groups-if-allowed':
      to.begin(24, 0, 0, 0);
      break;
    case 'setgid':
      to.begin(25, 0, step.gid, 0);
      break;
    case 'setuid':
      to.begin(26, 0, step.uid, 0);
      break;
    case 'own-memory':
      to.begin(27, 0, 0, 0);
      break;
    case 'reset-on-fork':
      to.begin(28, 0, 0, 0);
      break;
    case 'affinity':
      to.begin(29, 0, 0, 0);
      to.list(step.cpus);
      break;
    case 'io-priority':
      to.begin(30, 0, step.priority, 0);
      break;
    case 'numa-policy':
      to.begin(31, 0, step.mode, 0);
      to.list(step.nodes);
      break;
    case 'timer-slack':
      to.begin(32, 0, 0, 0);
      to.u64(step.nanoseconds);
      break;
    case 'securebits':
      to.begin(33, 0, step.bits, 0);
      break;
    case 'apparmor':
      to.begin(34, 0, 0, 0);
      to.blob(step.label);
      break;
    case 'selinux':
      to.begin(35, 0, 0, 0);
      to.blob(step.label);
      break;
    case 'no-new-privs':
      to.begin(36, 0, 0, 0);
      break;
    case 'personality':
      to.begin(37, 0, step.personality, 0);
      break;
    case 'child-subreaper':
      to.begin(38, 0, 0, 0);
      break;
    case 'listen-pid':
      to.begin(39, 0, 0, 0);
      break;
    case 'pdeathsig':
      to.begin(40, 0, step.sig, 0);
      break;
    case 'join-cgroup':
      to.begin(41, 0, 0, 0);
      to.string(step.path);
      break;
    case 'join-cgroup-fd':
      to.begin(42, step.fd, 0, 0);
      break;
    case 'oom-score-adj':
      to.begin(43, 0, step.score, 0);
      break;
    case 'coredump-filter':
      to.begin(44, 0, step.filter, 0);
      break;
    case 'transparent-huge-pages':
      to.begin(45, 0, step.allowed, 0);
      break;
    case 'memory-merge':
      to.begin(46, 0, step.wanted, 0);
      break;
    case 'join-keyring':
      to.begin(47, 0, 0, 0);
      break;
    case 'capability-keep':
      to.begin(48, 0, 0, 0);
      break;
    case 'capability-bounding':
      to.begin(49, 0, 0, 0);
      to.u64(step.capabilitySet);
      break;
    case 'capability-inheritable':
      to.begin(50, 0, 0, 0);
      to.u64(step.capabilitySet);
      break;
    case 'capability-ambient':
      to.begin(51, 0, 0, 0);
      to.u64(step.capabilitySet);
      break;
    case 'capability-lower':
      to.begin(52, 0, 0, 0);
      break;
    case 'chroot':
      to.begin(53, 0, 0, 0);
      to.string(step.path);
      break;
    case 'check-cwd':
      to.begin(54, 0, 0, 0);
      break;
    case 'ptrace':
      to.begin(55, 0, 0, 0);
      break;
    case 'exec-fd':
      to.begin(56, step.fd, 0, 0);
      break;
    case 'execve':
      to.begin(57, 0, 0, 0);
      to.string(step.path);
      break;
    default:
      throw new Error(`no such step: ${step satisfies never}`);
  }
}
