// What /proc says about this process and its children. Everything here is read anew, and what vanishes while it is
// being read is left out.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * The open descriptors of this process: number to target, as `/proc/self/fd` links it. Without the engine's reserve,
 * which is nobody else's.
 */
export function openDescriptors(): Map<number, string> {
  return new Map([...allDescriptors()].filter(([, target]) => !target.startsWith('/memfd:forkless')));
}

/** The numbers that are taken by the engine's reserve. */
export function reservedNumbers(): number[] {
  return [...allDescriptors()].filter(([, target]) => target.startsWith('/memfd:forkless')).map(([fd]) => fd);
}

/** How many of the open descriptors are sockets. */
export function openSockets(): number {
  return [...openDescriptors().values()].filter((target) => target.startsWith('socket:')).length;
}

function allDescriptors(): Map<number, string> {
  const found = new Map<number, string>();
  for (const name of readdirSync('/proc/self/fd')) {
    // The descriptor that read the directory is in the list, and closed by now.
    const target = ifThere(() => readlinkSync(`/proc/self/fd/${name}`));
    if (target !== undefined) found.set(Number(name), target);
  }
  return found;
}

export interface Child {
  readonly pid: number;
  /** R, S, D, T, t, Z, … as in proc(5). */
  readonly state: string;
  readonly command: string;
}

/** All processes whose parent is `parent`, zombies included, however they were made. */
export function childrenOf(parent = process.pid): Child[] {
  const children: Child[] = [];
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    const stat = Number.isInteger(pid) ? readStat(pid) : undefined;
    if (stat?.ppid === parent) children.push({ pid, state: stat.state, command: stat.command });
  }
  return children;
}

/** R, S, D, T, t, Z, …; undefined when there is no such process. */
export function stateOf(pid: number): string | undefined {
  return readStat(pid)?.state;
}

/** True once the process is nowhere, not even as a zombie. */
export function isGone(pid: number): boolean {
  return readStat(pid) === undefined;
}

/** True once it has ended, whether or not somebody has reaped it. */
export function hasEnded(pid: number): boolean {
  return 'Z' === (stateOf(pid) ?? 'Z');
}

/** A child of this process that sleeps and still runs this very program: stuck in a step before exec. */
export function isStuckBeforeExec(pid: number): boolean {
  return stateOf(pid) === 'S' && programOf(pid) === programOf(process.pid);
}

/** The children of this process that are stuck before exec. */
export function stuckChildren(): number[] {
  return childrenOf()
    .map(({ pid }) => pid)
    .filter(isStuckBeforeExec);
}

/** A field of /proc/PID/status: `statusField('SigBlk')`. `task` may be a thread, the main one by default. */
export function statusField(name: string, task = process.pid): string {
  const status = readFileSync(`/proc/${task}/status`, 'latin1');
  const line = status.split('\n').find((candidate) => candidate.startsWith(`${name}:`));
  if (line === undefined) throw new Error(`/proc/${task}/status has no ${name}`);
  return line.slice(name.length + 1).trim();
}

/** Processor time in milliseconds that each thread of this process has used, by thread id. */
export function threadTimes(): Map<number, number> {
  const times = new Map<number, number>();
  for (const name of readdirSync('/proc/self/task')) {
    const schedstat = ifThere(() => readFileSync(`/proc/self/task/${name}/schedstat`, 'latin1'));
    if (schedstat !== undefined) times.set(Number(name), Number(schedstat.split(' ')[0]) / 1e6);
  }
  return times;
}

function readStat(pid: number): { command: string; state: string; ppid: number } | undefined {
  const stat = ifThere(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  // The command stands in parentheses and may contain some itself.
  const match = stat === undefined ? null : /^\d+ \((.*)\) (\S) (\d+) /s.exec(stat);
  if (match === null) return undefined;
  const [, command = '', state = '', ppid] = match;
  return { command, state, ppid: Number(ppid) };
}

function programOf(pid: number): string | undefined {
  return ifThere(() => readlinkSync(`/proc/${pid}/exe`));
}

function ifThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
