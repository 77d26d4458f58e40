import { appendFileSync, closeSync, readFileSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Bytes, PosixSpawnOptions, Process } from 'forkless';
import { FileActions, openPipe, posixSpawn } from 'forkless';
import { helper } from './paths.js';
import { tempPath } from './temp.js';

export const probePath = helper('probe');

/** The modes of test/probe/src/probe.c, where each is described. */
export const probeModes = [
  'report',
  'report-to',
  'exit',
  'kill',
  'block',
  'echo-stdin',
  'write-fd',
  'args-length',
  'spend',
  'where',
  'modes',
] as const;

export type ProbeMode = (typeof probeModes)[number];

/** Where all processes of a run of scripts/test.mjs note the modes they use, one on a line: see probe/modes.test.ts. */
export const usedModesFile = process.env['FORKLESS_TEST_MODES'];

const noted = new Set<ProbeMode>();

/** argv for a mode of the probe, argv[0] included. All use of the probe goes through here. */
export function probeArgv(mode: ProbeMode, ...args: readonly (string | number)[]): string[] {
  if (usedModesFile !== undefined && !noted.has(mode)) note(usedModesFile, mode);
  noted.add(mode);
  return ['probe', mode, ...args.map(String)];
}

function note(file: string, mode: ProbeMode): void {
  try {
    appendFileSync(file, `${mode}\n`);
  } catch (error) {
    // A process of another user may not reach the file. What it uses, tests of this user use too.
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
  }
}

/** Text is latin1: a character for each byte. `bytesOf` gives the bytes, `textOf` the text that they spell. */
export interface ProbeReport {
  argv: string[];
  argv0: string;
  env: string[];
  exe: string;
  cwd: string;
  umask: number;
  pid: number;
  ppid: number;
  pgid: number;
  sid: number;
  uid: number;
  euid: number;
  suid: number;
  gid: number;
  egid: number;
  sgid: number;
  groups: number[];
  dumpable: number;
  pdeathsig: number;
  nice: number;
  schedPolicy: number;
  schedPriority: number;
  /** 1: no transparent huge pages. */
  thpDisabled: number;
  /** -1: the kernel does not know it. */
  memoryMerge: number;
  /** The serial number of the session keyring. */
  sessionKeyring: number;
  /** 16 hexadecimal digits, as in /proc/self/status; capability N is bit N. */
  capInh: string;
  capPrm: string;
  capEff: string;
  capBnd: string;
  capAmb: string;
  /** null: no limit. */
  rlimits: Record<string, { soft: number | null; hard: number | null }>;
  task: ProbeTask;
  /** 16 hexadecimal digits, as in /proc/self/status; signal N is bit N - 1. */
  sigBlk: string;
  sigIgn: string;
  sigCgt: string;
  /** Pending for its thread; `shdPnd`: for the process, as kill(2) has it. */
  sigPnd: string;
  shdPnd: string;
  /** By number. */
  fds: ProbeDescriptor[];
  /** The foreground process group of the terminal on 0; null: no terminal there. */
  tcpgrp: number | null;
}

/** What test/probe/src/task.c finds. */
export interface ProbeTask {
  /** Cpus_allowed_list: `0-3,8`. */
  cpus: string;
  /** CapEff: 16 hexadecimal digits. */
  capabilities: string;
  ioPriority: number;
  /** The kernel's number of the mode, then the nodes. null: the kernel has no NUMA. */
  memoryPolicy: readonly number[] | null;
  timerSlack: number;
  noNewPrivs: number;
  securebits: number;
  personality: number;
  subreaper: boolean;
  resetOnFork: boolean;
}

export interface ProbeDescriptor {
  fd: number;
  target: string;
  dev: number;
  ino: number;
  /** F_GETFL */
  flags: number;
  cloexec: boolean;
  offset: number | null;
}

/** `posixSpawn` or one that is called like it. */
export type Start = (
  path: Bytes,
  argv: readonly Bytes[],
  options?: PosixSpawnOptions,
) => Process | Promise<Process>;

/**
 * Starts the probe with `options` and resolves with what it saw. The report comes by a file that the probe opens once
 * it has seen everything: it adds no descriptor, and works with 0, 1 and 2 closed.
 */
export async function askProbe(
  options: PosixSpawnOptions = {},
  start: Start = posixSpawn,
): Promise<ProbeReport> {
  const path = tempPath('report');
  try {
    const probe = await start(probePath, probeArgv('report-to', path), options);
    await expectSuccess(probe);
    const report: ProbeReport = JSON.parse(readFileSync(path, 'latin1'));
    return report;
  } finally {
    rmSync(path, { force: true });
  }
}

/** As `askProbe`, with the report on descriptor `fd` of the probe, through a pipe of ours. */
export async function askProbeByPipe(
  options: Omit<PosixSpawnOptions, 'fileActions'> = {},
  fd = 1,
  start: Start = posixSpawn,
): Promise<ProbeReport> {
  const text = await outputOf(probeArgv('report', fd), options, fd, start);
  const report: ProbeReport = JSON.parse(text);
  return report;
}

/** The probe's counts and bytes (NULs included) of its argv and env. */
export async function askProbeForLengths(
  argv: readonly string[],
  options: Omit<PosixSpawnOptions, 'fileActions'> = {},
  start: Start = posixSpawn,
): Promise<{ argc: number; argvBytes: number; envc: number; envBytes: number }> {
  return JSON.parse(await outputOf([...probeArgv('args-length'), ...argv], options, 1, start));
}

/** What a mode of the probe writes to `fd`. */
export async function outputOf(
  argv: readonly string[],
  options: Omit<PosixSpawnOptions, 'fileActions'> = {},
  fd = 1,
  start: Start = posixSpawn,
): Promise<string> {
  const [readFd, writeFd] = openPipe();
  const output = readToEnd(readFd);
  let probe: Process;
  try {
    probe = await start(probePath, argv, { ...options, fileActions: new FileActions().addDup2(writeFd, fd) });
  } finally {
    // Also after a failure: the reader's end is the end of the last writer.
    closeSync(writeFd);
  }
  const [bytes] = await Promise.all([output, expectSuccess(probe)]);
  return bytes.toString('latin1');
}

/** Reads a pipe or socket until its end, without a thread of the pool, and closes it. */
export async function readToEnd(fd: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const socket = new Socket({ fd, readable: true, writable: false });
  for await (const chunk of socket) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export function bytesOf(latin1: string): Buffer {
  return Buffer.from(latin1, 'latin1');
}

export function textOf(latin1: string): string {
  return bytesOf(latin1).toString();
}

/** The numbers of the signals in a mask as the probe and /proc spell it. */
export function signalsIn(hex: string): number[] {
  const mask = BigInt(`0x${hex}`);
  return Array.from({ length: 64 }, (_, index) => index + 1).filter(
    (signal) => (mask >> BigInt(signal - 1)) & 1n,
  );
}

async function expectSuccess(probe: Process): Promise<void> {
  const { code, signal } = await probe.exited;
  if (code !== 0) throw new Error(`the probe ended with ${signal ?? `status ${code}`}`);
}
