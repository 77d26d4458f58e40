// Attributes together, for combinations.test.ts: what each is alone, others test. Each row has at least one that needs
// memory of the child's own, so the descriptors, the session and the limits are made before, between or after two execs.
import { chmodSync, closeSync, constants, mkdirSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ProbeReport } from '../support/probe.js';
import { probeArgv, probePath } from '../support/probe.js';
import { makeFile } from '../support/starts.js';
import { tempPath } from '../support/temp.js';
import type { Answer, WayOptions } from './ways.js';
import { ways } from './ways.js';

const USER = 4242;
const GROUP = 4243;
const ids = { uid: USER, gid: GROUP, groups: [4244, 4245] };
/** SIGHUP and SIGPIPE. */
const IGNORED = 0x1001;
const NO_CAPABILITY = '0000000000000000';

interface Row {
  readonly title: string;
  /** `fd`: open on the probe, close-on-exec. */
  readonly options: (fd: number) => WayOptions & { readonly detached?: boolean };
  readonly file?: string;
  readonly finds: (seen: ProbeReport, fd: number) => Record<string, unknown>;
  readonly expected: Record<string, unknown>;
}

const idsOf = ({ uid, euid, suid, gid, groups }: ProbeReport) => [uid, euid, suid, gid, groups];
const expectedIds = [USER, USER, USER, GROUP, [4244, 4245]];
const numbers = ({ fds }: ProbeReport) => fds.map(({ fd }) => fd).filter((fd) => fd > 2);

const rows: readonly Row[] = [
  {
    title: 'ids, execFd, and a limit below the numbers in use',
    options: (execFd) => ({ ...ids, execFd, rlimits: { nofile: 8, core: 0 }, umask: 0o27, nice: 3 }),
    file: '/nonexistent/name',
    finds: (seen) => ({
      ids: idsOf(seen),
      argv0: seen.argv0,
      exe: seen.exe,
      nofile: seen.rlimits['nofile'],
      umask: seen.umask,
      nice: seen.nice,
      fds: numbers(seen),
    }),
    expected: {
      ids: expectedIds,
      argv0: '/nonexistent/name',
      exe: probePath,
      nofile: { soft: 8, hard: 8 },
      umask: 0o27,
      nice: 3,
      fds: [],
    },
  },
  {
    title: 'ids, execFd and a root: the program is found before, and nothing of it stays open',
    options: (execFd) => ({ ...ids, execFd, chroot: '/', cwd: '/usr', oomScoreAdj: 777 }),
    finds: (seen) => ({ ids: idsOf(seen), exe: seen.exe, cwd: seen.cwd, fds: numbers(seen) }),
    expected: { ids: expectedIds, exe: probePath, cwd: '/usr', fds: [] },
  },
  {
    title: 'ids, a signal at the end of the parent, a session, and sets of signals',
    options: () => ({
      ...ids,
      pdeathsig: 'SIGUSR2',
      setsid: true,
      sigmask: ['SIGUSR1', 'SIGTERM'],
      sigignore: ['SIGHUP', 'SIGPIPE'],
    }),
    finds: (seen) => ({
      ids: idsOf(seen),
      pdeathsig: seen.pdeathsig,
      leads: seen.sid === seen.pid,
      parent: seen.ppid === process.pid,
      blocked: seen.sigBlk,
      ignored: Number(BigInt(`0x${seen.sigIgn}`) & 0xffffn),
    }),
    expected: {
      ids: expectedIds,
      pdeathsig: 12,
      leads: true,
      parent: true,
      blocked: '0000000000004200',
      ignored: IGNORED,
    },
  },
  {
    title: 'dieWithParent with capabilities that stay, nothing new, and all kinds of scheduling',
    options: () => ({
      ...ids,
      dieWithParent: true,
      capabilities: { ambient: ['net_bind_service'], bounding: ['net_bind_service', 'kill'] },
      noNewPrivs: true,
      childSubreaper: true,
      timerSlack: 70_000,
      ioPriority: { class: 'best-effort', level: 6 },
      transparentHugePages: false,
    }),
    finds: (seen) => ({
      ids: idsOf(seen),
      pdeathsig: seen.pdeathsig,
      sets: [seen.capPrm, seen.capEff, seen.capAmb, seen.capBnd],
      task: [seen.task.noNewPrivs, seen.task.subreaper, seen.task.timerSlack, seen.task.ioPriority],
      thp: seen.thpDisabled,
    }),
    expected: {
      ids: expectedIds,
      pdeathsig: 9,
      sets: ['0000000000000400', '0000000000000400', '0000000000000400', '0000000000000420'],
      task: [1, true, 70_000, 0x4006],
      thp: 1,
    },
  },
  {
    title: 'capabilities alone, execFd and a low stack',
    options: (execFd) => ({
      execFd,
      capabilities: { bounding: [] },
      rlimits: { stack: 4_194_304, fsize: 1 << 20 },
      securebits: ['noroot'],
    }),
    finds: (seen) => ({
      capabilities: [seen.capPrm, seen.capEff, seen.capBnd],
      stack: seen.rlimits['stack']?.soft,
      bits: seen.task.securebits,
    }),
    expected: { capabilities: [NO_CAPABILITY, NO_CAPABILITY, NO_CAPABILITY], stack: 4_194_304, bits: 1 },
  },
  {
    title: 'nothing but a score, with a session keyring, as the program of a descriptor',
    options: (execFd) => ({ oomScoreAdj: 500, coredumpFilter: 1, keyring: 'private', execFd, pgroup: 0 }),
    finds: (seen) => ({ leads: seen.pgid === seen.pid, exe: seen.exe, fds: numbers(seen) }),
    expected: { leads: true, exe: probePath, fds: [] },
  },
];

/** Rows whose answer is not what it should be, by row and door. */
export async function tryCombinations(): Promise<{ wrong: Record<string, unknown>; starts: number }> {
  const wrong: Record<string, unknown> = {};
  let starts = 0;
  const fd = openSync(probePath, constants.O_RDONLY);
  for (const { title, options, file = probePath, finds, expected } of rows)
    for (const [door, way] of ways) {
      starts++;
      const answer = await way(file, probeArgv('report', 1).slice(1), options(fd));
      const found = typeof answer === 'string' && answer !== '' ? finds(JSON.parse(answer), fd) : answer;
      if (JSON.stringify(found) !== JSON.stringify(expected)) wrong[`${title}: ${door}`] = found;
    }
  closeSync(fd);
  for (const [title, file, options, expected] of outcomes())
    for (const [door, way] of ways) {
      starts++;
      const found = await way(file, [], options);
      if (JSON.stringify(found) !== JSON.stringify(expected)) wrong[`${title}: ${door}`] = found;
    }
  return { wrong, starts };
}

/** What comes of programs that cannot be executed, or that end at once. */
function outcomes(): [title: string, file: string, options: WayOptions, expected: Answer][] {
  const folder = dirname(tempPath('x'));
  const closed = `${tempPath('closed')}/program`;
  rmSync(dirname(closed), { recursive: true, force: true });
  mkdirSync(dirname(closed));
  makeFile('#!/bin/sh\n', 0o755, closed);
  chmodSync(dirname(closed), 0o700);
  const exec = { syscall: 'execve' } as const;
  const failed = (code: string, step: string, syscall: string, more = {}): Answer =>
    ({ code, step, syscall, ...more }) as Answer;
  const missing = `${folder}/missing`;
  return [
    ['missing', missing, ids, failed('ENOENT', 'execve', exec.syscall, { path: missing })],
    ['in a folder of root', closed, ids, failed('EACCES', 'execve', exec.syscall, { path: closed })],
    [
      'a root in which it is not',
      probePath,
      { ...ids, chroot: '/proc' },
      failed('ENOENT', 'execve', exec.syscall, { path: probePath }),
    ],
    [
      'a root that is not there, between two other steps',
      '/bin/true',
      { ...ids, oomScoreAdj: 1, chroot: missing },
      failed('ENOENT', 'chroot', 'chroot', { path: missing }),
    ],
    [
      'a descriptor that is closed',
      '/bin/true',
      { ...ids, execFd: 999 },
      failed('EBADF', 'exec-fd', 'fcntl', { fd: 999 }),
    ],
    [
      'a cgroup that is a file',
      '/bin/true',
      { ...ids, cgroup: '/etc' },
      failed('ENOENT', 'join-cgroup', 'write', { path: '/etc/cgroup.procs' }),
    ],
  ];
}
