// What must compile. Never run; types.test.ts hands it to the compiler.
import api, {
  type Bytes,
  type ExitStatus,
  explain,
  explainSpawn,
  type FailedStep,
  type Features,
  FileActions,
  features,
  getCloexec,
  getWindowSize,
  type OpenFlags,
  openPipe,
  openPty,
  openSocketPair,
  type PosixSpawnOptions,
  type Process,
  type Pty,
  posixSpawn,
  posixSpawnp,
  posixSpawnpSync,
  posixSpawnSync,
  type ResourceUsage,
  type SchedPolicy,
  type Signal,
  type SpawnAttributes,
  SpawnError,
  setCloexec,
  setWindowSize,
  tcgetpgrp,
  type WindowSize,
} from 'forkless';

export async function acceptStarts(): Promise<void> {
  const started: Promise<Process> = posixSpawn('/bin/true', ['true']);
  const bytes: Bytes = new Uint8Array([47]);
  await posixSpawn(Buffer.from('/bin/true'), [Buffer.from('true'), 'text', bytes], {});
  const frozen: readonly string[] = Object.freeze(['true']);
  await posixSpawnp('true', frozen, undefined);
  const sync: Process = posixSpawnSync('/bin/true', ['true'], { cwd: '/' });
  posixSpawnpSync('true', ['true']);
  const text: string = explain('/bin/true', ['true'], { cloexecDefault: true });
  const plan: string = explainSpawn('ls', ['-l'], { umask: 0, stdio: 'inherit', inheritFds: [7] });
  console.log(plan, explainSpawn('ls'), explainSpawn('ls', { shell: true }));

  await using process = await started;
  const { pid, pidfd }: { pid: number; pidfd: number } = process;
  const sent: boolean =
    process.kill() && process.kill('SIGTERM') && process.kill('SIGRTMIN+3') && process.kill(9);
  const same: Process = process.ref().unref();
  const { code, signal, coreDumped, resourceUsage, reapedElsewhere }: ExitStatus = await sync.exited;
  const signalName: NodeJS.Signals | null = signal;
  const usage: ResourceUsage | null = resourceUsage;
  const maximum: number | null | undefined = usage?.maxRSS;
  console.log(text, pid, pidfd, sent, same, code, signalName, coreDumped, reapedElsewhere, maximum);
}

export function acceptOptions(signal: AbortSignal, fileActions: FileActions): PosixSpawnOptions[] {
  const attributes: SpawnAttributes = {
    pgroup: 0,
    setsid: true,
    resetIds: false,
    sigmask: ['SIGTERM', 'SIGRTMAX-1', 2],
    sigdefault: 'all',
    sigignore: [],
    schedPolicy: 'SCHED_BATCH',
    schedPriority: 0,
    umask: 0o22,
    cloexecDefault: true,
  };
  const policy: SchedPolicy = 3;
  const number: Signal = 9;
  return [
    { ...attributes, env: { A: 'b', C: undefined }, cwd: '/', fds: [0, null, 2], fileActions, signal },
    { env: process.env, schedPolicy: policy, sigdefault: [number] },
    { env: ['A=b', Buffer.from('C=d')] as const, cwd: Buffer.from('/'), fds: [0, 1] as const },
    // Also with exactOptionalPropertyTypes: what is undefined is absent.
    {
      cwd: undefined,
      env: undefined,
      signal: undefined,
      umask: undefined,
      fileActions: undefined,
      fds: undefined,
    },
  ];
}

export function acceptActions(flags: OpenFlags): FileActions {
  const actions: FileActions = new FileActions()
    .addOpen(1, '/dev/null', 'w')
    .addOpen(2, Buffer.from('/dev/null'), flags, 0o600)
    .addOpen(3, '/dev/null', 0)
    .addDup2(1, 2)
    .addClose(3)
    .addChdir('/')
    .addFchdir(4)
    .addClosefrom(5)
    .addInherit(6)
    .addTcsetpgrp(0);
  return actions;
}

export function acceptDescriptors(): boolean {
  const [readFd, writeFd]: [number, number] = openPipe();
  const [one, other] = openSocketPair();
  setCloexec(one, getCloexec(other));
  return readFd < writeFd;
}

export function acceptTerminals(): number {
  const { master, slave, name }: Pty = openPty({ rows: 24, columns: 80 });
  const size: WindowSize = getWindowSize(slave);
  setWindowSize(master, process.stdout);
  setWindowSize(master, { ...size, rows: 5 });
  return name.length + tcgetpgrp(master) + openPty().slave;
}

export function acceptErrors(error: unknown): string {
  if (!(error instanceof SpawnError)) return '';
  const asError: Error = error;
  const { code, errno, syscall, path, spawnargs, step, actionIndex, fd, signal, exitCode } = error;
  const where: FailedStep = step;
  const action: number | undefined = actionIndex;
  const died: NodeJS.Signals | undefined = signal;
  if (step === 'report-pipe' || step === 'execve') console.log(where, asError, action, died);
  return [code, errno, syscall, path, ...spawnargs, fd, exitCode].join();
}

export function acceptFeatures(): number {
  const { backend, binary, kernel, rung, rungs }: Features = features();
  if (backend === 'clone') console.log(binary, kernel, rung);
  return rungs[1] + rungs[4];
}

export function acceptPatches(): void {
  const original = api.posixSpawn;
  api.posixSpawn = async (path, argv, options) => original(path, argv, options);
  const { FileActions: Actions, SpawnError: Failure } = api;
  console.log(new Actions(), Failure);
}
