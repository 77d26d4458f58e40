// The attributes whose cost is measured.
import { openSync } from 'node:fs';
import { compileNothing } from './support/compile.mjs';

/**
 * One row each: the options, the command that does the same to the program that follows it, and the arguments of Python's
 * subprocess.Popen. `memory`: `'shared'`, or `'own'` where the child leaves the memory of its parent before exec; a
 * `thread` is made for each start. Terminals, tracing and cgroups, which need more than a start, are not among them.
 */
export function attributeRows() {
  const rows =
    process.getuid() === 0 ? [...shared, ...sharedOfRoot, ...own, ...ownOfRoot] : [...shared, ...own];
  return rows.map(({ options, command = [], python, ...row }) => ({
    ...row,
    options: typeof options === 'function' ? options() : options,
    command,
    python,
  }));
}

/** Those whose cost is measured with more memory, too. */
export const withMemory = ['nice', 'oomScoreAdj', 'uid, gid'];

const shared = [
  {
    name: 'umask',
    options: { umask: 0o27 },
    command: ['sh', '-c', 'umask 027; exec "$0"'],
    python: 'umask=0o27',
  },
  {
    name: 'setsid',
    options: { setsid: true },
    command: ['setsid', '--wait'],
    python: 'start_new_session=True',
  },
  { name: 'pgroup', options: { pgroup: 0 }, python: 'preexec_fn=lambda: os.setpgid(0, 0)' },
  {
    name: 'schedPolicy',
    options: { schedPolicy: 'SCHED_BATCH' },
    command: ['chrt', '--batch', '0'],
    python: 'preexec_fn=lambda: os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))',
  },
  { name: 'schedResetOnFork', options: { schedResetOnFork: true } },
  {
    name: 'nice',
    options: { nice: 5 },
    command: ['nice', '-n', '5'],
    python: 'preexec_fn=lambda: os.nice(5)',
  },
  {
    name: 'cpuAffinity',
    options: { cpuAffinity: [0] },
    command: ['taskset', '--cpu-list', '0'],
    python: 'preexec_fn=lambda: os.sched_setaffinity(0, [0])',
  },
  {
    name: 'ioPriority',
    options: { ioPriority: { class: 'best-effort', level: 5 } },
    command: ['ionice', '--class', '2', '--classdata', '5'],
  },
  {
    name: 'numaPolicy',
    options: { numaPolicy: { mode: 'bind', nodes: [0] } },
    command: ['numactl', '--membind=0'],
  },
  { name: 'timerSlack', options: { timerSlack: 100_000 } },
  {
    name: 'rlimits',
    options: { rlimits: { nofile: 64 } },
    command: ['prlimit', '--nofile=64'],
    python: 'preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))',
  },
  { name: 'noNewPrivs', options: { noNewPrivs: true }, command: ['setpriv', '--no-new-privs'] },
  {
    name: 'personality',
    options: { personality: 'addr-no-randomize' },
    command: ['setarch', '--addr-no-randomize'],
  },
  { name: 'childSubreaper', options: { childSubreaper: true } },
  { name: 'execFd', options: () => ({ execFd: openSync(compileNothing(), 'r') }) },
  {
    name: 'pdeathsig',
    options: { pdeathsig: 'SIGTERM' },
    command: ['setpriv', '--pdeathsig', 'TERM'],
    thread: true,
  },
].map((row) => ({ ...row, memory: 'shared' }));

const sharedOfRoot = [
  {
    name: 'chroot',
    options: { chroot: '/' },
    command: ['chroot', '/'],
    python: 'preexec_fn=lambda: os.chroot("/")',
  },
  {
    name: 'securebits',
    options: { securebits: ['no_cap_ambient_raise'] },
    command: ['setpriv', '--securebits=+no_cap_ambient_raise'],
  },
].map((row) => ({ ...row, memory: 'shared' }));

const own = [
  { name: 'oomScoreAdj', options: { oomScoreAdj: 500 }, command: ['choom', '-n', '500', '--'] },
  { name: 'coredumpFilter', options: { coredumpFilter: 0x23 } },
  { name: 'transparentHugePages', options: { transparentHugePages: false } },
  { name: 'memoryMerge', options: { memoryMerge: true } },
  { name: 'keyring', options: { keyring: 'private' } },
].map((row) => ({ ...row, memory: 'own' }));

const ownOfRoot = [
  {
    name: 'capabilities',
    options: { capabilities: { bounding: ['kill', 'chown'] } },
    command: ['setpriv', '--bounding-set=-all,+kill,+chown', '--inh-caps=-all'],
  },
  {
    name: 'uid, gid',
    options: { uid: 65534, gid: 65534 },
    command: ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'],
    python: 'user=65534, group=65534, extra_groups=[]',
  },
].map((row) => ({ ...row, memory: 'own' }));
