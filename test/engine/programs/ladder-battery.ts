// What every rung must do alike: a program of its own, which ladder.test.ts runs under changed circumstances and which
// says what came of it. `rules`: a filter that it installs on all of its threads.
import { closeSync, openSync, symlinkSync } from 'node:fs';
import type { ExitStatus, PosixSpawnOptions, SpawnError } from 'forkless';
import { FileActions, features, posixSpawn, posixSpawnp, posixSpawnSync, setCloexec } from 'forkless';
import { readParameters, say } from '../../support/in-program.js';
import { meddle } from '../../support/meddle.js';
import { askProbe, askProbeByPipe, probeArgv, probePath } from '../../support/probe.js';
import { childrenOf, openDescriptors } from '../../support/proc.js';
import { release, stuckOn, untilStuck } from '../../support/stuck.js';
import { makeFifo, tempPath } from '../../support/temp.js';
import { until } from '../../support/until.js';

export interface Battery {
  /** Title to what came of it. */
  results: Record<string, unknown>;
  rung: number | null;
  /** After `results`. */
  rungs: Record<string, number>;
  /** Only of a rung that leaves the parent running until exec; else null. */
  stuck: Record<string, unknown> | null;
  /** How much more there is in the end. */
  left: { children: number; descriptors: number; mask: boolean };
}

const VFORK_RUNG = 3;
const SYNC = { posixSpawn, posixSpawnSync };

// A handler, an ignored signal and a mask of our own, of which the child must see what POSIX says.
process.on('SIGUSR1', () => {});
meddle.setMask('0000000008000000');
// Node opens descriptors of its own at first use.
makeFifo();
const { rules } = readParameters<{ rules: string | null }>();
if (rules !== null) meddle.installSeccomp(rules, true);
await askProbeByPipe();

const before = { descriptors: openDescriptors().size, mask: meddle.getMask() };
const results = {
  ...(await tryEnds()),
  ...(await tryFailures()),
  ...(await tryDescriptors()),
  ...(await trySignals()),
};
const { rung, rungs } = features();
const stuck = rung === VFORK_RUNG ? null : await tryStuck();
// A socket is closed in the next round of the loop; what is still there then is the result.
await until('descriptors are closed', () => openDescriptors().size === before.descriptors).catch(() => {});
const left = {
  children: childrenOf().length,
  descriptors: openDescriptors().size - before.descriptors,
  mask: meddle.getMask() === before.mask,
};
const battery: Battery = { results, rung, rungs, stuck, left };
say(battery);

async function tryEnds(): Promise<Record<string, unknown>> {
  const commands = {
    success: 'exit 0',
    'exit code': 'exit 77',
    'signal death': 'kill -USR2 $$',
    killed: 'kill -9 $$',
  };
  const results: Record<string, unknown> = {};
  for (const [title, command] of Object.entries(commands))
    for (const [name, spawn] of Object.entries(SYNC)) {
      const child = await spawn('/bin/sh', ['sh', '-c', command]);
      results[`${title}, ${name}`] = ending(await child.exited);
      results[`${title}, ${name}, kill after`] = child.kill();
    }
  const child = await posixSpawn(probePath, probeArgv('block'));
  results['kill'] = [child.kill(0), child.kill('SIGKILL'), ending(await child.exited)];
  return results;
}

async function tryFailures(): Promise<Record<string, unknown>> {
  const directory = openSync('/', 'r');
  const cases: Record<string, [path: string, options: PosixSpawnOptions]> = {
    'no program': ['/no/such/program', {}],
    'no permission': ['/etc/passwd', {}],
    'a directory': ['/etc', {}],
    'not in a directory': ['/etc/passwd/x', {}],
    'a loop of links': [loopOfLinks(), {}],
    'no cwd': ['/bin/true', { cwd: '/no/such/directory' }],
    'cwd is a file': ['/bin/true', { cwd: '/etc/passwd' }],
    'no such group': ['/bin/true', { pgroup: 1 }],
    'no such policy': ['/bin/true', { schedPolicy: 99 }],
    'a closed source': ['/bin/true', { fds: [0, 1, 900] }],
    open: ['/bin/true', { fileActions: new FileActions().addClose(4).addOpen(5, '/no/such/file', 'r') }],
    'open, exclusive': ['/bin/true', { fileActions: new FileActions().addOpen(5, '/etc/passwd', 'wx') }],
    dup2: ['/bin/true', { fileActions: new FileActions().addDup2(900, 1) }],
    inherit: ['/bin/true', { fileActions: new FileActions().addInherit(900) }],
    chdir: ['/bin/true', { fileActions: new FileActions().addChdir('/').addChdir('no-such-directory') }],
    fchdir: ['/bin/true', { fileActions: new FileActions().addFchdir(directory).addFchdir(900) }],
    tcsetpgrp: ['/bin/true', { fileActions: new FileActions().addDup2(directory, 30).addTcsetpgrp(30) }],
  };
  const results: Record<string, unknown> = {};
  for (const [title, [path, options]] of Object.entries(cases))
    for (const [name, spawn] of Object.entries(SYNC)) {
      results[`${title}, ${name}`] = await failureOf(async () => spawn(path, ['x'], options));
      results[`${title}, ${name}, children`] = childrenOf().length;
    }
  results['not on PATH'] = await failureOf(() => posixSpawnp('no-such-program', ['x']));
  closeSync(directory);
  return results;
}

async function tryDescriptors(): Promise<Record<string, unknown>> {
  const [a, b, c] = [40, 41, 42];
  for (const [fd, path] of Object.entries({ [a]: '/dev/null', [b]: '/dev/zero', [c]: '/dev/full' })) {
    const opened = openSync(path, 'r+');
    meddle.dup2(opened, Number(fd));
    closeSync(opened);
    setCloexec(Number(fd), Number(fd) !== c);
  }
  const table = async (options: PosixSpawnOptions): Promise<string[]> =>
    (await askProbe(options)).fds.map(({ fd, target, cloexec }) => `${fd} ${target} ${cloexec}`);
  const results = {
    'fds, from above': await table({ fds: [c, b, a], cloexecDefault: true }),
    'fds, a cycle': await table({
      fds: [a, null, a, ...Array(a - 3).fill(null), b, c, a],
      cloexecDefault: true,
    }),
    cloexecDefault: await table({ cloexecDefault: true, fileActions: new FileActions().addInherit(a) }),
    closefrom: await table({ fds: [a, b, c], fileActions: new FileActions().addDup2(b, 7).addClosefrom(3) }),
    'inheritable survives': (await table({ fds: [a, b, a] })).filter((line) => line.includes('/dev/full')),
    'report on a pipe': (await askProbeByPipe({ cwd: '/' })).cwd,
  };
  for (const fd of [a, b, c]) closeSync(fd);
  return results;
}

async function trySignals(): Promise<Record<string, unknown>> {
  const see = async (options: PosixSpawnOptions): Promise<string> => {
    const { sigBlk, sigIgn, sigCgt, umask } = await askProbe(options);
    return [sigBlk, sigIgn, sigCgt, umask].join();
  };
  return {
    'signals as they are': await see({}),
    'all default': await see({ sigdefault: 'all' }),
    'mask and ignored': await see({ sigmask: ['SIGTERM', 'SIGRTMAX'], sigignore: ['SIGHUP'], umask: 0o27 }),
    session: await askProbe({ setsid: true }).then(({ pid, sid, pgid }) => [sid === pid, pgid === pid]),
    group: await askProbe({ pgroup: 0 }).then(({ pid, sid, pgid }) => [sid === pid, pgid === pid]),
  };
}

async function tryStuck(): Promise<Record<string, unknown>> {
  const fifo = makeFifo();
  const controller = new AbortController();
  const aborted = failureOf(() =>
    posixSpawn('/bin/true', ['x'], { ...stuckOn(fifo), signal: controller.signal }),
  );
  await untilStuck(1);
  controller.abort();
  const results: Record<string, unknown> = { aborted: await aborted, 'children after': childrenOf().length };
  const killed = failureOf(() => posixSpawn('/bin/true', ['x'], stuckOn(fifo)));
  const [pid = 0] = await untilStuck(1);
  process.kill(pid, 'SIGKILL');
  results['killed'] = await killed;
  const released = posixSpawn('/bin/sh', ['sh', '-c', 'exit 8'], stuckOn(fifo));
  await untilStuck(1);
  release(fifo);
  results['released'] = ending(await (await released).exited);
  return results;
}

function ending({ code, signal, reapedElsewhere }: ExitStatus): unknown {
  return [code, signal, reapedElsewhere];
}

async function failureOf(run: () => Promise<unknown>): Promise<unknown> {
  try {
    await run();
    return 'no failure';
  } catch (thrown) {
    const error = thrown as SpawnError;
    const { name, code, errno, syscall, step, actionIndex, fd, signal, exitCode, message } = error;
    // Paths of FIFOs and of links differ from run to run.
    const text = message.replaceAll(/\/\S*forkless-\S+/g, 'PATH');
    return { name, code, errno, syscall, step, actionIndex, fd, signal, exitCode, text };
  }
}

function loopOfLinks(): string {
  const path = tempPath('loop');
  symlinkSync(path, path);
  return path;
}
