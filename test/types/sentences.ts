// What the documentation says about types, sentence by sentence, each with the code that it is true of. Never run.
// types.test.ts asks that the sentence stands on its page.
import type nodeModule from 'node:child_process';
import { promisify } from 'node:util';
import {
  type Bytes,
  type Capabilities,
  type Capability,
  type CapabilitySet,
  type CoredumpMemory,
  type ExitStatus,
  type FailedStep,
  type Features,
  FileActions,
  type features,
  type IoPriority,
  type NumaPolicy,
  type OpenFlags,
  type Personality,
  type PersonalityName,
  type PosixSpawnOptions,
  type Process,
  type posixSpawn,
  posixSpawnp,
  type Resource,
  type ResourceLimit,
  type ResourceLimits,
  type ResourceUsage,
  type Securebit,
  type SecurityLabel,
  type Signal,
  type SoftAndHardLimit,
  type SpawnAttributes,
  SpawnError,
} from 'forkless';
import {
  type Cgroup,
  type CgroupLimits,
  type CgroupOptions,
  type CgroupSupport,
  type CgroupUsage,
  cgroupSupport,
  createCgroup,
} from 'forkless/cgroup';
import childProcess, {
  type AbortReason,
  type ChildProcess,
  type ChildProcessWithoutNullStreams,
  type ExecException,
  exec,
  execFile,
  execFileSync,
  type MoreOfChild,
  type MoreOfError,
  type MoreOptions,
  type SpawnOptions,
  spawn,
  spawnSync,
} from 'forkless/child_process';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A>() => ({ as: <B>(_is: Same<A, B>): void => {} });

export async function ofChildProcess(controller: AbortController): Promise<void> {
  // docs/child_process.md: These work for every function that starts a process, including `fork` and the synchronous
  //   ones. In TypeScript: `MoreOptions`.
  const more: MoreOptions = { umask: 0, nice: 1, rlimits: { nofile: 64 } };
  childProcess.fork('./worker.js', [], more);
  childProcess.execSync('ls', { ...more, cwd: '/' });

  // docs/child_process.md: A function takes and returns here what it does with Node's types, in each of its forms:
  //   `spawn` with three pipes returns a `ChildProcessWithoutNullStreams`, `execFileSync` with an encoding a string, and
  //   an option of ours changes neither.
  for (const child of [spawn('ls'), spawn('ls', { umask: 0 })])
    child satisfies ChildProcessWithoutNullStreams;
  const text = [execFileSync('ls', { encoding: 'utf8' }), execFileSync('ls', { encoding: 'utf8', umask: 0 })];
  same<typeof text>().as<string[]>(true);

  // docs/child_process.md: A function that was written for `typeof import('node:child_process')` accepts this module.
  const use = (module: typeof nodeModule): void => console.log(module);
  use(childProcess);

  // docs/child_process.md: | every child, also the `child` of a promise | `MoreOfChild`: `pidfd` and `resourceUsage` |
  for (const child of [spawn('ls'), promisify(exec)('ls').child, promisify(execFile)('ls').child])
    child satisfies MoreOfChild;
  same<keyof MoreOfChild>().as<'pidfd' | 'resourceUsage'>(true);

  // docs/child_process.md: | the error of `'error'` and of the callbacks of `exec` and `execFile` | `MoreOfError`:
  //   `cause` is a `SpawnError`, or the reason of an `AbortSignal`, or undefined |
  const tell = (error: MoreOfError | null): void => console.log(error);
  spawn('ls', { signal: controller.signal }).on('error', tell);
  exec('ls', (error) => tell(error));
  execFile('ls', (error) => tell(error));
  same<MoreOfError['cause']>().as<SpawnError | AbortReason | undefined>(true);

  // docs/child_process.md: | `error` of what `spawnSync` returns | `cause` is a `SpawnError` or undefined |
  const { error } = spawnSync('ls');
  if (error) same<typeof error.cause>().as<SpawnError | undefined>(true);

  // docs/child_process.md: spawn('true', { cwd: '/missing' }).on('error', (error) => console.log(error.cause?.step));
  spawn('true', { cwd: '/missing' }).on('error', (error) => console.log(error.cause?.step));

  // docs/child_process.md: Every field of a `SpawnError` can be read behind `error.cause?.`. To get the `SpawnError`
  //   itself, ask for `error.cause instanceof SpawnError`.
  spawn('ls').on('error', ({ cause }) => {
    for (const name of ['code', 'errno', 'fd', 'message', 'path', 'signal', 'spawnargs', 'step'] as const)
      console.log(cause?.[name]);
    same<keyof NonNullable<typeof cause>>().as<keyof SpawnError>(true);
    if (cause instanceof SpawnError) same<typeof cause>().as<SpawnError>(true);
  });

  // docs/child_process.md: An error that is caught or that a promise rejects with is unknown to TypeScript; there, too.
  await promisify(exec)('ls').catch((caught: unknown) => {
    if (caught instanceof Error && caught.cause instanceof SpawnError) caught.cause.step satisfies FailedStep;
  });

  // docs/child_process.md: The names of Node's types (`ChildProcess`, `SpawnOptions`, `ExecException`, …) can be
  //   imported from this module and are Node's own, without the additions: write `ChildProcess & MoreOfChild` where you
  //   need them.
  same<ChildProcess>().as<nodeModule.ChildProcess>(true);
  same<SpawnOptions>().as<nodeModule.SpawnOptions>(true);
  same<ExecException>().as<nodeModule.ExecException>(true);
  const child: ChildProcess & MoreOfChild = spawn('ls', more);
  console.log(child);

  // docs/platforms.md: The types of `node:child_process` come with `forkless/child_process`: `import { spawn, type
  //   SpawnOptions } from 'forkless/child_process'`.
  spawn('ls', {} satisfies SpawnOptions);
}

export function ofLimits(): MoreOptions {
  // docs/posix-spawn.md: (types `ResourceLimits`, `ResourceLimit`, `SoftAndHardLimit`, `Resource`)
  // docs/child_process.md: (types `ResourceLimits`, `ResourceLimit`, `SoftAndHardLimit`, `Resource`)
  const both: SoftAndHardLimit = { soft: 10, hard: Infinity };
  const soft: ResourceLimit = { soft: 10 };
  const name: Resource = 'nofile';
  const rlimits: ResourceLimits = { [name]: 1024, as: both, core: soft, cpu: Infinity };
  return { rlimits } satisfies PosixSpawnOptions;
}

export function ofTasks(): MoreOptions {
  // docs/posix-spawn.md: (type `IoPriority`)
  // docs/posix-spawn.md: (type `NumaPolicy`)
  // docs/posix-spawn.md: (types `Personality`, `PersonalityName`)
  // docs/posix-spawn.md: (type `Securebit`)
  // docs/posix-spawn.md: (type `SecurityLabel`)
  // docs/child_process.md: (type `IoPriority`)
  // docs/child_process.md: (type `NumaPolicy`)
  // docs/child_process.md: (types `Personality`, `PersonalityName`)
  // docs/child_process.md: (type `Securebit`)
  // docs/child_process.md: (type `SecurityLabel`)
  const ioPriority: IoPriority = { class: 'best-effort', level: 7 };
  const numaPolicy: NumaPolicy[] = [{ mode: 'local' }, { mode: 'bind', nodes: [0, 1] }];
  // @ts-expect-error: bind needs nodes
  numaPolicy.push({ mode: 'bind' });
  // @ts-expect-error: local has none
  numaPolicy.push({ mode: 'local', nodes: [0] });
  const name: PersonalityName = 'addr-no-randomize';
  const personality: Personality[] = [name, [name, 'linux32'], 0x40000];
  const securebits: Securebit[] = ['noroot', 'noroot_locked'];
  const securityLabel: SecurityLabel = { apparmor: 'unconfined' };
  const task = { cpuAffinity: [0, 1], timerSlack: 1, schedResetOnFork: true, childSubreaper: true };
  return {
    ...{ ...task, ioPriority, securebits, securityLabel, noNewPrivs: true, groups: 'keep' },
    ...(numaPolicy[0] && { numaPolicy: numaPolicy[0] }),
    ...(personality[0] !== undefined && { personality: personality[0] }),
  } satisfies PosixSpawnOptions;
}

export function ofRights(): MoreOptions {
  // docs/posix-spawn.md: (types `Capabilities`, `CapabilitySet`, `Capability`)
  // docs/child_process.md: (types `Capabilities`, `CapabilitySet`, `Capability`)
  const name: Capability = 'net_bind_service';
  const ambient: CapabilitySet = [name];
  const capabilities: Capabilities = { ambient, bounding: 'all', inheritable: [] };
  // docs/posix-spawn.md: What memory a core dump has (type `CoredumpMemory`)
  // docs/child_process.md: What memory a core dump has (type `CoredumpMemory`)
  const memory: CoredumpMemory = 'elf-headers';
  return { capabilities, coredumpFilter: [memory], keyring: 'private' } satisfies PosixSpawnOptions;
}

export async function ofCgroups(): Promise<MoreOptions> {
  // docs/cgroup.md: `Infinity` is no limit. The types are called `CgroupOptions` and `CgroupLimits`.
  const limits: CgroupLimits = { memory: Infinity, pids: 5, cpu: 0.5, oomGroup: true };
  const options: CgroupOptions = { ...limits, parent: '/user.slice', name: 'x', controllers: ['cpu'] };
  const group: Cgroup = await createCgroup(options);
  // docs/cgroup.md: `usage()` resolves with a `CgroupUsage`.
  const usage: CgroupUsage = await group.usage();
  same<(typeof usage)['memory']>().as<number | null>(true);
  // docs/cgroup.md: Returns a `CgroupSupport`
  const support: CgroupSupport = cgroupSupport();
  same<(typeof support)['version']>().as<'v1' | 'v2' | 'hybrid' | null>(true);
  // docs/cgroup.md: `paths` | its folders, one for each hierarchy: the value of the option `cgroup`
  return { cgroup: group.paths } satisfies PosixSpawnOptions;
}

export async function ofPosixSpawn(flags: OpenFlags): Promise<void> {
  // docs/posix-spawn.md: `path`, `file`: a string, encoded as UTF-8, or a `Uint8Array` if UTF-8 cannot spell the name; no
  //   null bytes. The type is called `Bytes`.
  same<Bytes>().as<string | Uint8Array>(true);
  // docs/posix-spawn.md: `argv`: an array of `Bytes`, argv[0] included, as in POSIX.
  same<Parameters<typeof posixSpawn>[1]>().as<readonly Bytes[]>(true);
  // docs/posix-spawn.md: `PosixSpawnOptions` extends `SpawnAttributes`.
  const options: PosixSpawnOptions = {} satisfies SpawnAttributes;

  // docs/file-actions.md: `flags` (type `OpenFlags`) is a number made of `fs.constants.O_…`, or a string as `fs.open`
  //   takes it: `'r'`, `'r+'`, `'w'`, `'wx'`, `'w+'`, `'wx+'`, `'a'`, `'ax'`, `'a+'`, `'ax+'`, and with `s` for O_SYNC
  //   `'rs'`, `'rs+'`, `'as'`, `'as+'`. There is no default.
  type Texts =
    | 'r'
    | 'r+'
    | 'w'
    | 'wx'
    | 'w+'
    | 'wx+'
    | 'a'
    | 'ax'
    | 'a+'
    | 'ax+'
    | 'rs'
    | 'rs+'
    | 'as'
    | 'as+';
  const text = null as unknown as Texts;
  [text, 0o100] satisfies OpenFlags[];
  new FileActions().addOpen(1, '/dev/null', flags);

  // docs/process.md: With `await using` (TypeScript, or Node 24 and later) the process ends with the block:
  await using server = await posixSpawnp('my-server', ['my-server'], options);
  server satisfies Process;

  // docs/signals.md: Type `Signal`: a name (`'SIGTERM'`), a real-time name (`'SIGRTMIN'` … `'SIGRTMIN+30'`,
  //   `'SIGRTMAX-30'` … `'SIGRTMAX'`), or a number (1 … 31, 34 … 64).
  ['SIGTERM', 'SIGRTMIN', 'SIGRTMIN+30', 'SIGRTMAX-30', 'SIGRTMAX', 1, 64] satisfies Signal[];
}

export function ofTables(process: Process, status: ExitStatus, error: SpawnError, read: Features): void {
  // docs/process.md: | `pidfd` | number |
  same<Pick<Process, 'pid' | 'pidfd'>>().as<{ readonly pid: number; readonly pidfd: number }>(true);
  // docs/process.md: | `exited` | `Promise<ExitStatus>` |
  same<typeof process.exited>().as<Promise<ExitStatus>>(true);
  // docs/process.md: | `kill(signal = 'SIGTERM')` | boolean |
  same<ReturnType<typeof process.kill>>().as<boolean>(true);
  // docs/process.md: | `[Symbol.asyncDispose]()` | `Promise<void>` |
  same<ReturnType<(typeof process)[typeof Symbol.asyncDispose]>>().as<Promise<void>>(true);
  // docs/process.md: | `code` | number or null |
  same<typeof status.code>().as<number | null>(true);
  // docs/process.md: | `signal` | string or null |
  status.signal satisfies string | null;
  // docs/process.md: | `coreDumped` | boolean |
  // docs/process.md: | `reapedElsewhere` | boolean |
  same<Pick<ExitStatus, 'coreDumped' | 'reapedElsewhere'>>().as<{
    readonly coreDumped: boolean;
    readonly reapedElsewhere: boolean;
  }>(true);
  // docs/process.md: | `resourceUsage` | `ResourceUsage` or null |
  same<typeof status.resourceUsage>().as<ResourceUsage | null>(true);
  // docs/process.md: `ResourceUsage` has the fields and the units of `process.resourceUsage()`
  same<keyof ResourceUsage>().as<keyof NodeJS.ResourceUsage>(true);
  // docs/process.md: `maxRSS` may be null.
  same<ResourceUsage['maxRSS']>().as<number | null>(true);

  // docs/errors.md: | `name` | `'SpawnError'` |
  error.name satisfies string;
  // docs/errors.md: | `code` | string |
  // docs/errors.md: | `syscall` | string |
  same<[typeof error.code, typeof error.syscall]>().as<[string, string]>(true);
  // docs/errors.md: | `errno` | number |
  // docs/errors.md: | `fd` | number |
  // docs/errors.md: | `actionIndex` | number |
  for (const field of [error.errno, error.fd, error.actionIndex]) field satisfies number | undefined;
  // docs/errors.md: | `step` | string, type `FailedStep` |
  same<typeof error.step>().as<FailedStep>(true);
  // docs/errors.md: | `path` | string |
  same<typeof error.path>().as<string | undefined>(true);
  // docs/errors.md: | `spawnargs` | array of strings |
  same<typeof error.spawnargs>().as<readonly string[]>(true);
  // docs/errors.md: | `signal`, `exitCode` | string, number |
  same<[typeof error.signal, typeof error.exitCode]>().as<[NodeJS.Signals | undefined, number | undefined]>(
    true,
  );

  // docs/ladder.md: features(): Features
  same<ReturnType<typeof features>>().as<Features>(true);
  // docs/ladder.md: | `backend` | `'clone'` or null |
  same<typeof read.backend>().as<'clone' | null>(true);
  // docs/ladder.md: | `reason` | string or null |
  // docs/ladder.md: | `binary` | string or null |
  // docs/ladder.md: | `execHook` | string or null |
  for (const field of [read.reason, read.binary, read.execHook]) same<typeof field>().as<string | null>(true);
  // docs/ladder.md: | `rung` | 1 … 4 or null |
  same<typeof read.rung>().as<1 | 2 | 3 | 4 | null>(true);
  // docs/ladder.md: | `rungs` | `{ 1, 2, 3, 4 }` |
  same<keyof typeof read.rungs>().as<1 | 2 | 3 | 4>(true);
  // docs/ladder.md: | `flat` | number |
  same<typeof read.flat>().as<number>(true);
  // docs/ladder.md: | `childProcess` | `{ backend, reason }` |
  same<keyof typeof read.childProcess>().as<'backend' | 'reason'>(true);
}
