// A program of its own, which refusals.test.ts runs with one system call refused: starts, failures, signals and ends
// through both doors. It says a line for each trial as soon as that is over, so that a trial that hangs is known.
import type { ChildProcess } from 'node:child_process';
import * as nodeChildProcess from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readlinkSync, writeSync } from 'node:fs';
import type { PosixSpawnOptions, Process, SpawnError } from 'forkless';
import { FileActions, features, openPipe, posixSpawn, posixSpawnSync } from 'forkless';
import { exec, spawn, spawnSync } from 'forkless/child_process';
import { readParameters } from '../../support/in-program.js';
import { meddle } from '../../support/meddle.js';
import type { ProbeReport } from '../../support/probe.js';
import { askProbe, probeArgv, probePath, readToEnd } from '../../support/probe.js';
import { childrenOf, openDescriptors, statusField, stuckChildren, threadTimes } from '../../support/proc.js';
import { slowness } from '../../support/slowness.js';
import { release, stuckOn } from '../../support/stuck.js';
import { makeFifo } from '../../support/temp.js';
import { until } from '../../support/until.js';

/** One line. `value` is compared with that of a program without a filter. */
export interface Trial {
  readonly title: string;
  readonly value: unknown;
}

/** A start that failed. `syscall` of the second door is always `spawn FILE`. */
export interface FailedTrial {
  readonly code: string;
  readonly step?: string;
}

const VFORK_RUNG = 3;
const IDLE_SECONDS = 0.2;
const TIMER = 'anon_inode:[timerfd]';
/** Of all threads, while nothing happens for IDLE_SECONDS: 7 ms where a poll a millisecond takes the place of events. */
const MOST_CPU_MS = 25 * slowness;
/** What is named alone survives: such starts may be flat. */
const common: PosixSpawnOptions = process.env['FORKLESS_FLAT'] === 'always' ? { cloexecDefault: true } : {};
const vfork = process.env['FORKLESS_RUNG'] === String(VFORK_RUNG);

/** When the filter comes ('launch': it is there already; 'later': after starts of each kind), and its rules. */
const { moment, rules } = readParameters<{ moment: 'launch' | 'first' | 'later'; rules: string[] }>();
const probe = (mode: 'exit' | 'block' | 'echo-stdin', ...args: number[]): [string, string[]] => [
  probePath,
  probeArgv(mode, ...args),
];

// Node opens descriptors of its own at first use, and so does the library.
const fifo = makeFifo();
closeSync(openSync('/dev/null', 'r'));
await readToEnd(emptyPipe());
const inheritable = meddle.dup2(2, 940);
if (moment === 'first') meddle.installSeccomp(rules.join(' '), true);
const before = { descriptors: openDescriptors(), mask: meddle.getMask() };

if (moment === 'later') await tryOlderChildren();
await tryEnds();
await tryPipes();
await tryFailures();
await tryAttributes();
await tryMany();
await tryIdle();
if (!vfork) await tryStuck();
await trySlowStart();
await tryLeftovers();

// ---- the trials -------------------------------------------------------------------------------------------------

/** Children that were made before the filter came. */
async function tryOlderChildren(): Promise<void> {
  const sleepers = [
    await posixSpawn(...probe('block'), common),
    await posixSpawn(...probe('block'), common),
  ] as const;
  const dropIn = await outcomeOf(() => spawn(...dropInArguments('block'), { stdio: 'ignore' }));
  const controller = new AbortController();
  const { signal } = controller;
  const stuck = vfork ? null : outcome(() => run(() => posixSpawn(...hanging({ signal }))));
  if (stuck !== null) await untilStuckOr(stuck);
  await run(() => posixSpawnSync(...probe('exit', 0), common));
  spawnSync(...dropInArguments('exit', 0));
  // Whether the runner works is known from here on.
  if (process.getuid?.() === 0)
    await run(() => posixSpawnSync(...probe('exit', 0), { ...common, groups: [] }));
  meddle.installSeccomp(rules.join(' '), true);
  await trial('a child from before, killed', () => killed(sleepers[0]));
  await trial('a child from before, killed by another process', async () => {
    process.kill(sleepers[1].pid, 'SIGTERM');
    return endOf(sleepers[1]);
  });
  await trial('a child of spawn from before, killed', async () => {
    if (!isChild(dropIn)) return dropIn;
    return [dropIn.kill('SIGINT'), await closeOf(dropIn)];
  });
  if (stuck !== null)
    await trial('a start from before, aborted', () => {
      controller.abort();
      return stuck;
    });
}

async function tryEnds(): Promise<void> {
  for (const code of [3, 200]) {
    await trial(`posixSpawn, exit ${code}`, () => run(() => posixSpawn(...probe('exit', code), common)));
    await trial(`posixSpawnSync, exit ${code}`, () =>
      run(() => posixSpawnSync(...probe('exit', code), common)),
    );
    await trial(`spawn, exit ${code}`, () => runChild('exit', [code], { stdio: 'inherit' }));
    await trial(`spawnSync, exit ${code}`, () =>
      resultOf(spawnSync(...dropInArguments('exit', code), { stdio: 'inherit' })),
    );
  }
  await trial('posixSpawn, killed', async () => killed(await posixSpawn(...probe('block'), common)));
  await trial('posixSpawnSync, killed', () => killed(posixSpawnSync(...probe('block'), common)));
  await trial('spawn, killed', async () => {
    const child = spawn(...dropInArguments('block'), { stdio: 'inherit' });
    const sent = child.kill('SIGUSR2');
    const end = await closeOf(child);
    return hasFailed(end) ? end : [sent, end, child.kill()];
  });
}

async function tryPipes(): Promise<void> {
  for (const [name, start] of [
    ['posixSpawn', posixSpawn],
    ['posixSpawnSync', posixSpawnSync],
  ] as const)
    await trial(`${name}, output`, async () => {
      const [input, writer] = openPipe();
      writeSync(writer, 'a few bytes');
      closeSync(writer);
      const [reader, output] = openPipe();
      const bytes = readToEnd(reader);
      try {
        const child = await start(...probe('echo-stdin'), { ...common, fds: [input, output] });
        closeSync(output);
        return [String(await bytes), await endOf(child)];
      } catch (error) {
        closeSync(output);
        await bytes;
        throw error;
      } finally {
        closeSync(input);
      }
    });
  await trial('spawn, pipes', () => runChild('echo-stdin', [], {}, 'a few bytes'));
  await trial('spawn, ignored', () => runChild('exit', [4], { stdio: 'ignore' }));
  await trial('spawnSync, pipes', () =>
    resultOf(spawnSync(...dropInArguments('echo-stdin'), { input: 'a few bytes' })),
  );
  await trial('exec', async () => {
    let text = '';
    const child = exec('printf out; printf err >&2; exit 5', (error, stdout, stderr) => {
      text = [error?.code, stdout, stderr].join();
    });
    return [await closeOf(child), text];
  });
}

async function tryFailures(): Promise<void> {
  const actions = (make: (list: FileActions) => FileActions): PosixSpawnOptions => ({
    fileActions: make(new FileActions()),
  });
  const cases: [title: string, file: string, options: PosixSpawnOptions][] = [
    ['no program', '/no/such/program', {}],
    ['no cwd', probePath, { cwd: '/no/such/directory' }],
    ['no file', probePath, actions((list) => list.addOpen(5, '/no/such/file', 'r'))],
  ];
  for (const [title, file, options] of cases) {
    await trial(`posixSpawn, ${title}`, () => run(() => posixSpawn(file, ['x'], { ...common, ...options })));
    await trial(`posixSpawnSync, ${title}`, () =>
      run(() => posixSpawnSync(file, ['x'], { ...common, ...options })),
    );
  }
  for (const [title, file, options] of [
    ['no program', '/no/such/program', {}],
    ['no cwd', probePath, { cwd: '/no/such/directory' }],
  ] as const) {
    await trial(`spawn, ${title}`, async () => closeOf(spawn(file, ['exit', '3'], options)));
    await trial(`spawnSync, ${title}`, () => resultOf(spawnSync(file, ['exit', '3'], options)));
  }
}

/** One start for each step that the plan knows; the value is what the program saw of it. */
async function tryAttributes(): Promise<void> {
  const root = openSync('/', 'r');
  const extra = openSync('/dev/null', 'r');
  const isRoot = process.getuid?.() === 0;
  const list = (): FileActions => new FileActions();
  const isOpen =
    (...numbers: number[]) =>
    ({ fds }: ProbeReport): unknown =>
      numbers.map((number) => fds.some(({ fd }) => fd === number));
  const ids = ({ uid, euid, gid, egid, groups }: ProbeReport): unknown => [uid, euid, gid, egid, groups];
  const cases: Record<string, [options: PosixSpawnOptions, seen: (report: ProbeReport) => unknown]> = {
    setsid: [{ setsid: true }, ({ sid, pid }) => sid === pid],
    setpgid: [{ pgroup: 0 }, ({ pgid, pid }) => pgid === pid],
    umask: [{ umask: 0o27 }, ({ umask }) => umask],
    setscheduler: [{ schedPolicy: 'SCHED_BATCH' }, ({ schedPolicy }) => schedPolicy],
    setparam: [{ schedPriority: 0 }, ({ schedPriority }) => schedPriority],
    'reset-on-fork': [{ schedResetOnFork: true }, ({ task }) => task.resetOnFork],
    affinity: [{ cpuAffinity: [firstCpu()] }, ({ task }) => task.cpus],
    'io-priority': [{ ioPriority: { class: 'idle' } }, ({ task }) => task.ioPriority],
    'numa-policy': [{ numaPolicy: { mode: 'bind', nodes: [0] } }, ({ task }) => task.memoryPolicy],
    'timer-slack': [{ timerSlack: 5 }, ({ task }) => task.timerSlack],
    'no-new-privs': [{ noNewPrivs: true }, ({ task }) => task.noNewPrivs],
    personality: [{ personality: 'short-inode' }, ({ task }) => task.personality],
    'child-subreaper': [{ childSubreaper: true }, ({ task }) => task.subreaper],
    ...(!rules.some((rule) => rule.startsWith('engine.exit=')) && {
      pdeathsig: [{ pdeathsig: 'SIGTERM' }, ({ umask }) => umask],
    }),
    sigmask: [{ sigmask: ['SIGUSR1'] }, ({ sigBlk }) => sigBlk],
    sigdefault: [{ sigdefault: 'all' }, ({ sigIgn }) => sigIgn],
    sigignore: [{ sigignore: ['SIGUSR1'] }, ({ sigIgn }) => sigIgn],
    open: [{ fileActions: list().addOpen(5, '/dev/null', 'r') }, isOpen(5)],
    dup2: [{ fileActions: list().addDup2(extra, 7) }, isOpen(7)],
    inherit: [{ fileActions: list().addInherit(extra) }, isOpen(extra)],
    close: [{ fileActions: list().addDup2(extra, 950).addClose(950) }, isOpen(950)],
    closefrom: [{ fileActions: list().addDup2(extra, 950).addClosefrom(3) }, isOpen(3, extra, 950)],
    chdir: [{ cwd: '/' }, ({ cwd }) => cwd],
    fchdir: [{ fileActions: list().addFchdir(root) }, ({ cwd }) => cwd],
    swap: [{ fds: [1, 0, 2] }, isOpen(0, 1, 2)],
    sweep: [{ cloexecDefault: true }, isOpen(0, 1, 2, inheritable)],
    ...(isRoot && {
      securebits: [{ securebits: ['noroot'] }, ({ task }) => task.securebits],
      setuid: [{ uid: 1234 }, ids],
      setgid: [{ gid: 1234 }, ids],
      setgroups: [{ groups: [1, 2] }, ids],
      keyring: [{ keyring: 'private' }, ids],
      capabilities: [{ capabilities: { inheritable: ['chown'] } }, ids],
      chroot: [{ chroot: '/', cwd: '/' }, ({ cwd }) => cwd],
    }),
  };
  for (const [title, [options, seen]] of Object.entries(cases))
    await trial(`attributes, ${title}`, async () => seen(await askProbe(options, posixSpawnSync)));
  if (isRoot) {
    // Each by itself: a root whose group alone is another one may set any group, the wrong one too.
    await trial('attributes, reset-ids of the group', () => {
      process.setegid?.(1234);
      return askAndReset(ids);
    });
    await trial('attributes, reset-ids of the user', () => {
      process.seteuid?.(1234);
      return askAndReset(ids);
    });
  }
  const pty = meddle.openPty();
  await trial('attributes, tcsetpgrp', async () => {
    // The first terminal that the leader of a session opens is its own.
    const terminal = readlinkSync(`/proc/self/fd/${pty[1]}`);
    const fileActions = list().addOpen(0, terminal, 'r+').addTcsetpgrp(0);
    const { tcpgrp, pid } = await askProbe({ setsid: true, fileActions });
    return tcpgrp === pid;
  });
  for (const fd of [root, extra, ...pty]) closeSync(fd);
}

/** On which this process may run. */
function firstCpu(): number {
  return Number.parseInt(statusField('Cpus_allowed_list'), 10);
}

async function askAndReset(seen: (report: ProbeReport) => unknown): Promise<unknown> {
  try {
    return seen(await askProbe({ resetIds: true }, posixSpawnSync));
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
    meddle.setDumpable(1);
  }
}

async function tryMany(): Promise<void> {
  const twenty = async (title: string, start: (n: number) => Promise<unknown>): Promise<void> => {
    const numbers = Array.from({ length: 20 }, (_, index) => index);
    await trial(title, () => Promise.all(numbers.map((n) => outcome(() => start(n)))));
  };
  await twenty('20 of posixSpawn at once', (n) => run(() => posixSpawn(...probe('exit', n), common)));
  await twenty('20 of spawn at once', (n) => runChild('exit', [n], { stdio: 'ignore' }));
  await twenty('20 failures of posixSpawn at once', () =>
    run(() => posixSpawn('/no/such/program', ['x'], common)),
  );
}

/** A child of each door runs, one is stuck before exec, this thread waits: no thread may spin. */
async function tryIdle(): Promise<void> {
  const controller = new AbortController();
  const { signal } = controller;
  const stuck = vfork ? null : outcome(() => run(() => posixSpawn(...hanging({ signal }))));
  const seconds = String(IDLE_SECONDS);
  const started = await outcomeOf(() => posixSpawn(...probe('block'), common));
  const child = await outcomeOf(() => spawn('/bin/sleep', [seconds], { stdio: 'ignore' }));
  await idleTrial('spawnSync, idle', () => resultOf(spawnSync('/bin/sleep', [seconds])));
  await idleTrial('spawn, idle', () => (isChild(child) ? closeOf(child) : child));
  await trial('posixSpawn, idle', () => (isProcess(started) ? killed(started) : started));
  if (stuck !== null)
    await trial('posixSpawn, aborted', () => {
      controller.abort();
      return stuck;
    });
  await trial('spawnSync, timeout', () => {
    const begun = performance.now();
    const result = resultOf(spawnSync(...dropInArguments('block'), { timeout: 100 }));
    return performance.now() - begun > 5000 * slowness ? [result, 'late'] : result;
  });
}

async function tryStuck(): Promise<void> {
  await trial('posixSpawn, killed before exec', async () => {
    const started = outcome(() => run(() => posixSpawn(...hanging())));
    const pid = await untilStuckOr(started);
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
    return started;
  });
  await trial('posixSpawn, stuck and released', async () => {
    const started = outcome(() =>
      run(() => posixSpawn(...probe('exit', 8), { ...common, ...stuckOn(fifo) })),
    );
    if ((await untilStuckOr(started)) !== undefined) release(fifo);
    return started;
  });
}

function hanging(options: PosixSpawnOptions = {}): [string, string[], PosixSpawnOptions] {
  return ['/bin/true', ['true'], { ...common, ...stuckOn(fifo), ...options }];
}

/** The pid of the child that is stuck before exec; undefined where the start is over without. */
async function untilStuckOr(start: Promise<unknown>): Promise<number | undefined> {
  let over = false;
  void start.finally(() => {
    over = true;
  });
  await until('a child is stuck', () => over || stuckChildren().length > 0);
  return stuckChildren()[0];
}

/** This thread waits for exec, which is long in coming. Node's own function starts what lets it go on. */
async function trySlowStart(): Promise<void> {
  const releaser = nodeChildProcess.spawn('/bin/sh', ['-c', `sleep ${IDLE_SECONDS}; exec 3<>${fifo}`]);
  const released = once(releaser, 'close');
  await idleTrial('posixSpawnSync, slow', () =>
    run(() => posixSpawnSync(...probe('exit', 6), { ...common, ...stuckOn(fifo) })),
  );
  await released;
}

/** What a start that failed may leave, and what the loop closes in its next round. */
async function tryLeftovers(): Promise<void> {
  const found = (): string[] => {
    const now = openDescriptors();
    const left = childrenOf().map(({ pid, state, command }) => `child ${pid} (${command}, ${state})`);
    for (const [fd, target] of now)
      if (before.descriptors.get(fd) !== target && !isEngines(target)) left.push(`${fd} ${target}`);
    const timers = [...now.values()].filter((target) => target === TIMER).length;
    if (timers > 1) left.push(`${timers} timers`);
    for (const [fd, target] of before.descriptors) if (!now.has(fd)) left.push(`${fd} ${target} closed`);
    if (meddle.getMask() !== before.mask) left.push(`mask ${meddle.getMask()}`);
    return left;
  };
  await until('nothing is left', () => found().length === 0, 1000).catch(() => {});
  say({ title: 'left behind', value: found() });
  const { rung, flat } = features();
  say({ title: 'rung', value: rung });
  say({ title: 'flat', value: flat > 0 });
}

// ---- how they are carried out ---------------------------------------------------------------------------------------

function say(line: Trial): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}

async function trial(title: string, run: () => unknown): Promise<void> {
  say({ title, value: await outcome(run) });
}

async function idleTrial(title: string, run: () => unknown): Promise<void> {
  const cpu = (): number => [...threadTimes().values()].reduce((sum, time) => sum + time, 0);
  const used = cpu();
  const value = await outcome(run);
  const spent = cpu() - used;
  say({ title, value: spent > MOST_CPU_MS ? [value, `${Math.round(spent)} ms of processor time`] : value });
}

async function outcome(run: () => unknown): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    return failure(error as SpawnError);
  }
}

/** What was started, or how that failed. */
async function outcomeOf<T>(start: () => T | Promise<T>): Promise<T | FailedTrial> {
  try {
    return await start();
  } catch (error) {
    return failure(error as SpawnError);
  }
}

function isProcess(value: Process | FailedTrial): value is Process {
  return 'exited' in value;
}

function isChild(value: ChildProcess | FailedTrial): value is ChildProcess {
  return 'stdio' in value;
}

/** What does not tell errors apart is left out: a failed program must look the same with and without a filter. */
function failure(error: SpawnError & { cause?: unknown }): FailedTrial {
  const cause = error.cause as SpawnError | undefined;
  const { code, step, signal, exitCode } = cause?.step === undefined ? error : cause;
  if (code === undefined) return { code: String(error) };
  return { code, step, ...(signal && { signal }), ...(exitCode !== undefined && { exitCode }) };
}

async function run(start: () => Process | Promise<Process>): Promise<unknown> {
  return endOf(await start());
}

async function endOf(child: Process): Promise<unknown> {
  const { code, signal, reapedElsewhere, resourceUsage } = await child.exited;
  return [code, signal, reapedElsewhere && 'reaped elsewhere', resourceUsage === null && 'no usage'];
}

async function killed(child: Process): Promise<unknown> {
  return [child.kill(0), child.kill('SIGUSR1'), await endOf(child), child.kill()];
}

function dropInArguments(mode: 'exit' | 'block' | 'echo-stdin', ...args: number[]): [string, string[]] {
  const [file, [, ...rest]] = probe(mode, ...args);
  return [file, rest];
}

async function runChild(
  mode: 'exit' | 'block' | 'echo-stdin',
  args: number[],
  options: object,
  input?: string,
): Promise<unknown> {
  const child: ChildProcess = spawn(...dropInArguments(mode, ...args), options);
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
  const end = await closeOf(child);
  return hasFailed(end) ? end : [end, output];
}

/** A start that has not waited for exec fails late, and is then as one that fails at once. */
function hasFailed(end: unknown): boolean {
  return !Array.isArray(end);
}

function closeOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => {
    let error: FailedTrial | undefined;
    child.once('error', (thrown) => {
      error = failure(thrown as unknown as SpawnError);
    });
    child.once('close', (code, signal) => resolve(error ?? [code, signal]));
    // Without pipes a start that failed has no 'close'.
    child.once('error', () => setImmediate(() => resolve(error)));
  });
}

function resultOf({ status, signal, stdout, error }: ReturnType<typeof spawnSync>): unknown {
  const text = stdout === null || stdout === undefined ? null : String(stdout);
  return error === undefined ? [status, signal, text] : { ...failure(error as never), status, signal, text };
}

/** What the watcher keeps; of timers one. */
function isEngines(target: string): boolean {
  return target === 'anon_inode:[eventpoll]' || target === TIMER;
}

function emptyPipe(): number {
  const [reader, writer] = openPipe();
  closeSync(writer);
  return reader;
}
