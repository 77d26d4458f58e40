// Programs to start, and what they say.
import { type ExitStatus, openPipe, type PosixSpawnOptions, type Process, posixSpawn } from 'forkless';
import { close, readAll } from './numbers.js';

export function startShell(script: string, options: PosixSpawnOptions = {}): Promise<Process> {
  return posixSpawn('/bin/sh', ['sh', '-c', script], options);
}

export interface Said {
  readonly output: string;
  readonly status: ExitStatus;
}

/** Runs a shell script to its end, with its standard output in a pipe. */
export function ask(script: string, options: PosixSpawnOptions = {}): Promise<Said> {
  return askWith((fds) => startShell(script, { fds, ...options }));
}

/** `start` gets the `fds` that put standard output into the pipe. */
export async function askWith(start: (fds: number[]) => Process | Promise<Process>): Promise<Said> {
  const [readEnd, writeEnd] = openPipe();
  const child = await start([0, writeEnd, 2]);
  close(writeEnd);
  const [output, status] = await Promise.all([readAll(readEnd), child.exited]);
  return { output, status };
}

/** A field of /proc/PID/status of a program that was started with these options. */
export async function statusFieldOf(name: string, options: PosixSpawnOptions): Promise<string> {
  // not by a shell, which opens its signal mask
  const { output } = await askWith((fds) =>
    posixSpawn('/bin/cat', ['cat', '/proc/self/status'], { fds, ...options }),
  );
  const line = output.split('\n').find((candidate) => candidate.startsWith(`${name}:`));
  return line?.slice(name.length + 1).trim() ?? 'no such field';
}
