// Which tests run on arm64, and in which guest. What is the same on every machine is tested on x86-64 alone: rules about
// arguments, orders of events, streams, and everything in great number, since an emulated processor starts about a
// hundred processes in a second. What is chosen here depends on the machine: its system calls and their numbers, its
// structures, its registers and stacks, and the binary for it.

/** Test files without their ending, by guest: both take about the same time. */
const chosen = [
  // Guest 1
  [
    // Each way to clone, with the stack and the registers of the child, and what is done where a system call is refused.
    ...['engine/ladder', 'engine/ladder-limits'],
    // How the child reports, and how its end is read: the wait status, siginfo, rusage.
    ...['engine/verdict', 'engine/verdict-refused', 'posix/errors', 'posix/exit-status'],
    // Each attribute once: ids, masks, scheduling, limits, which are structures and numbers of the kernel.
    ...['attributes/attributes', 'attributes/argv', 'attributes/ids', 'attributes/users'],
    ...['attributes/effects', 'attributes/witness', 'attributes/security-label'],
    ...['attributes/capabilities', 'attributes/memory'],
    // v2 with its controllers, and CAP_SYS_RESOURCE, which are not to be had everywhere.
    ...['attributes/cgroup', 'cgroup/cgroups'],
    // The kernel's sigaction and signal sets, which no C library hands on.
    ...['attributes/signals', 'engine/signals-kill', 'engine/signals-parent'],
    // Each file action, and the flags of open(2), which have other values there.
    ...['posix/file-actions', 'posix/bytes', 'posix/path', 'posix/cloexec', 'posix/environment'],
    // Where the error pipe stands, and what close_range leaves, or what is closed one by one where there is none.
    ...['posix/descriptors-assignment', 'engine/descriptors-full-table', 'engine/descriptors-report-pipe'],
    'posix/descriptors-standard',
    'engine/descriptors-one-by-one',
  ],
  // Guest 2
  [
    // The child in its parent's descriptor table: which process owns what is a question of clone flags and of kcmp(2).
    ...[
      'engine/flat-rule',
      'engine/flat-held',
      'engine/flat-locks',
      'engine/flat-standard',
      'engine/flat-plans',
    ],
    // pidfds: poll, waitid, the ioctl that tells the exit code, and a child that is killed before exec.
    ...[
      'engine/reaping',
      'engine/reaping-lost',
      'engine/lifetime-stuck',
      'engine/lifetime-watcher',
      'engine/copies',
      'engine/pidfd-reused',
    ],
    // Job control, by ioctl(2).
    'posix/terminal',
    // The loop of the synchronous functions is compiled, as the engine is.
    ...['child_process/sync', 'child_process/sync-stdio', 'child_process/sync-limits'],
    // One of each kind through the drop-in: what the child sees, ids, streams, signals, a channel.
    ...[
      'child_process/seen-by-child',
      'child_process/spawn-options',
      'child_process/stdio',
      'child_process/events',
    ],
    ...[
      'child_process/start-and-end',
      'child_process/kill',
      'child_process/exit-after-data',
      'child_process/ipc',
    ],
    // The package as it is installed, loaded before a program.
    'register/replace',
  ],
];

/** Files as mocha takes them, a list for each guest. */
export const parts = chosen.map((names) => names.map((name) => `dist-test/${name}.test.js`));

/** As `parts`, of all tests that depend on the Node. */
export const allParts = [
  ['engine', 'attributes', 'posix', 'clients', 'leaks', 'cgroup'],
  ['child_process', 'register'],
].map((folders) => folders.map((folder) => `dist-test/${folder}/**/*.test.js`));

/** Parts of titles: what does not run of these files, since it is many starts one after the other. */
export const leftOut = [
  '1,000 children of all attributes leave the ids',
  'dumpable too, after 300 children', // each a copy of the whole memory
  'are whole or an error while a thread changes the ids',
  'may be changed all the time by a Worker that shares it',
  'hang before exec (1,500 rounds)',
  'keeps what it runs on while the parent collects garbage',
  'of which 50 hang: the others end', // 500 at once
  'tells of 1,500 ends that are there at once',
  'end with the right exit codes, as ours do', // hundreds, of both modules
  'ends when its writer is closed, with plain starts', // 400, as with flat ones
  'is started, and then ends by its signal, 500 times',
  'of hundreds of children that write right before they exit',
  // Of the ladder: what the machine has no part in, since the same rung runs by other tests, or EPERM beside ENOSYS.
  'results with clone3: EPERM',
  'results with clone3: EINVAL',
  'with clone with VM but no VFORK: EINVAL',
  'results with clone with VM: EPERM',
  'results with clone with VM: EINVAL',
  'results with close_range: EPERM',
  'results with pidfd_open: EPERM',
  'results with execveat: EPERM',
  'results with waitid(P_PIDFD): EPERM',
  'results with waitid(P_PIDFD): EINVAL',
];

/** As one regular expression. */
export function leftOutPattern() {
  return leftOut.map((title) => title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
}
