/**
 * A Linux name: a string (sent as UTF-8), or the bytes themselves where UTF-8 cannot spell it. Without null bytes, else
 * `ERR_INVALID_ARG_VALUE`. Bytes are copied when they are handed over.
 */
export type Bytes = string | Uint8Array;

/**
 * Whom a step serves, for the error that names it. Absent for steps that the library adds by itself.
 * `action` is the index of the caller's own file action, `slot` the child's number in `fds`.
 */
interface Origin {
  readonly action?: number;
  readonly slot?: number;
}

/** One operation of the child. The union is the whole language: no conditions, no jumps. */
export type Step = Origin &
  (
    | {
        readonly op: 'open';
        readonly fd: number;
        readonly path: Bytes;
        readonly flags: number;
        readonly mode: number;
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
    | { readonly op: 'reset-ids' }
    | { readonly op: 'setscheduler'; readonly policy: number; readonly priority: number }
    | { readonly op: 'setparam'; readonly priority: number }
    | { readonly op: 'umask'; readonly mask: number }
    | { readonly op: 'set-blocking'; readonly fd: number }
    | { readonly op: 'setgroups'; readonly gids: readonly number[] }
    | { readonly op: 'drop-groups-if-allowed' }
    | { readonly op: 'setgid'; readonly gid: number }
    | { readonly op: 'setuid'; readonly uid: number }
    | { readonly op: 'execve'; readonly path: Bytes }
  );

/** @inline */
export type StepName = Step['op'];

/**
 * Moments of a start that are not steps of the list, but can fail all the same.
 * @inline
 */
export type StageName =
  | 'plan'
  | 'arena'
  | 'pipe'
  | 'clone'
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

/** Position is the number on the wire. The C side has the same table; a test compares the two. */
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
  { name: 'reset-ids', syscall: 'setresuid' },
  { name: 'setscheduler', syscall: 'sched_setscheduler' },
  { name: 'setparam', syscall: 'sched_setparam' },
  { name: 'umask', syscall: 'umask' },
  { name: 'set-blocking', syscall: 'fcntl' },
  { name: 'setgroups', syscall: 'setgroups' },
  { name: 'drop-groups-if-allowed', syscall: 'setgroups' },
  { name: 'setgid', syscall: 'setgid' },
  { name: 'setuid', syscall: 'setuid' },
  { name: 'execve', syscall: 'execve' },
]);

/** Stages follow the steps in the same numbering. */
export const stageTable: readonly Operation<StageName>[] = Object.freeze([
  { name: 'plan', syscall: 'spawn' },
  { name: 'arena', syscall: 'mmap' },
  { name: 'pipe', syscall: 'pipe2' },
  { name: 'clone', syscall: 'clone' },
  { name: 'watch', syscall: 'epoll_ctl' },
  { name: 'table', syscall: 'dup2' },
  { name: 'report-pipe', syscall: 'fcntl' },
  { name: 'signals', syscall: 'rt_sigaction' },
  { name: 'sigmask', syscall: 'rt_sigprocmask' },
  { name: 'verdict', syscall: 'waitid' },
]);

/** What the child gets as its environment. `'environ'`: this process's own, copied when the start is made. */
export type PlanEnvironment = 'environ' | readonly Bytes[];

/** Everything a start needs, in the order in which it is done. Both doors compile to this. */
export interface Plan {
  /** Ends with one or more `execve` steps: the candidates, tried in order. */
  readonly steps: readonly Step[];
  readonly argv: readonly Bytes[];
  readonly env: PlanEnvironment;
  /** Bit n-1 is signal n. */
  readonly sigdefault: bigint;
  readonly sigignore: bigint;
  /** null: the calling thread's mask from before the call. */
  readonly sigmask: bigint | null;
  /** The child must not run on its parent's memory (ids change): rung 4. */
  readonly privateMemory: boolean;
  /** A file that is no program (ENOEXEC) is run by /bin/sh, as execvp(3) does. */
  readonly shellScripts: boolean;
  /** The first steps close every descriptor that no step names. */
  readonly onlyNamed: boolean;
}
