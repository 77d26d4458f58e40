// What the started program saw: the probe, started by one of the doors.
import { readFileSync, rmSync } from 'node:fs';
import type { ProbeDescriptor, ProbeReport } from '../support/probe.js';
import { probeArgv, probePath } from '../support/probe.js';
import { tempPath } from '../support/temp.js';
import { closed } from './event-log.js';
import type { Door } from './oracle.js';

export interface ChildReport {
  readonly argv: readonly string[];
  readonly env: readonly string[];
  readonly cwd: string;
  readonly umask: number;
  /** uid, euid, suid, gid, egid, sgid */
  readonly ids: readonly number[];
  readonly groups: readonly number[];
  readonly group: 'own' | 'of the parent' | 'another';
  readonly session: 'own' | 'of the parent' | 'another';
  readonly blocked: string;
  readonly ignored: string;
  readonly pdeathsig: number;
  readonly nice: number;
  readonly schedPolicy: number;
  readonly nofile: unknown;
  /** Those that `stdio` names, by number. */
  readonly fds: readonly ReportedDescriptor[];
}

export interface ReportedDescriptor {
  readonly fd: number;
  /** As /proc links it, without numbers. */
  readonly target: string;
  /** F_GETFL */
  readonly flags: number;
  readonly offset: number | null;
}

export interface ReportOptions {
  readonly stdio?: unknown;
  readonly [name: string]: unknown;
}

/** Asks the probe as `cp` starts it. */
export async function childReport(
  cp: Door,
  options: ReportOptions = {},
  args: readonly unknown[] = [],
  file = probePath,
): Promise<ChildReport> {
  const { stdio = 'ignore' } = options;
  const slots = Array.isArray(stdio) ? Math.max(3, stdio.length) : 3;
  return tidy(await probeReport(cp, { ...options, stdio }, args, file), slots);
}

/** The whole report, for what `childReport` leaves out. */
export async function probeReport(
  cp: Door,
  options: object,
  args: readonly unknown[] = [],
  file = probePath,
): Promise<ProbeReport> {
  const path = tempPath('report');
  let failure: Error | undefined;
  try {
    const child = cp.spawn(file, [...probeArgv('report-to', path).slice(1), ...args], options);
    for (const stream of child.stdio) if (stream && 'resume' in stream) stream.resume();
    child.once('error', (error) => {
      failure = error;
    });
    await closed(child);
    if (failure) throw failure;
    if (child.exitCode !== 0) throw new Error(`the probe ended with ${child.signalCode ?? child.exitCode}`);
    const report: ProbeReport = JSON.parse(readFileSync(path, 'latin1'));
    return { ...report, argv: report.argv.map((text) => (text === path ? 'REPORT' : text)) };
  } finally {
    rmSync(path, { force: true });
  }
}

function tidy(report: ProbeReport, slots: number): ChildReport {
  const { uid, euid, suid, gid, egid, sgid, pid, pgid, sid } = report;
  const [group, session] = ownGroupAndSession();
  return {
    argv: report.argv,
    env: report.env,
    cwd: report.cwd,
    umask: report.umask,
    ids: [uid, euid, suid, gid, egid, sgid],
    groups: report.groups,
    group: whose(pgid, pid, group),
    session: whose(sid, pid, session),
    blocked: report.sigBlk,
    ignored: report.sigIgn,
    pdeathsig: report.pdeathsig,
    nice: report.nice,
    schedPolicy: report.schedPolicy,
    nofile: report.rlimits['nofile'],
    fds: report.fds.filter(({ fd }) => fd < slots).map(tidyDescriptor),
  };
}

function whose(id: number, pid: number, ofParent: number): ChildReport['group'] {
  if (id === pid) return 'own';
  return id === ofParent ? 'of the parent' : 'another';
}

/** Group and session of this process. */
function ownGroupAndSession(): [group: number, session: number] {
  const [, , group, session] = readFileSync('/proc/self/stat', 'latin1').split(') ')[1]?.split(' ') ?? [];
  return [Number(group), Number(session)];
}

function tidyDescriptor({ fd, target, flags, offset }: ProbeDescriptor): ReportedDescriptor {
  return { fd, target: target.replace(/\[\d+\]$/, ''), flags, offset };
}
