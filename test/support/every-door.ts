// Both doors, synchronous and not, called in one way.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import type { PosixSpawnOptions, Process } from 'forkless';
import { posixSpawn, posixSpawnSync, SpawnError } from 'forkless';
import { spawn, spawnSync } from 'forkless/child_process';
import type { ProbeReport } from './probe.js';
import { probeArgv, probePath } from './probe.js';
import { tempPath } from './temp.js';

export type Options = Omit<PosixSpawnOptions, 'env' | 'fds' | 'fileActions' | 'signal'>;

/** Runs a program to its end. Resolves with its exit code; rejects by a SpawnError. */
export type Run = (path: string, args: readonly string[], options: Options) => Promise<number | null>;

async function posixEnd(start: () => Process | Promise<Process>): Promise<number | null> {
  const { code } = await (await start()).exited;
  return code;
}

export const everyDoor: readonly (readonly [name: string, run: Run])[] = [
  ['posixSpawn', (path, args, options) => posixEnd(() => posixSpawn(path, [path, ...args], options))],
  ['posixSpawnSync', (path, args, options) => posixEnd(() => posixSpawnSync(path, [path, ...args], options))],
  [
    'spawn',
    async (path, args, options) => {
      // what is not an error of the file, Node's spawn throws; the others are events
      try {
        const child = spawn(path, args, { ...options, stdio: 'inherit' } as object) as ChildProcess;
        const [code] = await once(child, 'exit');
        return code;
      } catch (error) {
        throw (error as Error).cause ?? error;
      }
    },
  ],
  [
    'spawnSync',
    async (path, args, options) => {
      const { error, status } = spawnSync(path, [...args], { ...options, stdio: 'inherit' } as object);
      if (error !== undefined) throw error.cause ?? error;
      return status;
    },
  ],
];

/** What the probe finds; `program` may be a copy of it. */
export async function reportBy(run: Run, options: Options, program = probePath): Promise<ProbeReport> {
  const path = tempPath('report');
  try {
    const code = await run(program, probeArgv('report-to', path).slice(1), options);
    if (code !== 0) throw new Error(`the probe ended with ${code}`);
    return JSON.parse(readFileSync(path, 'latin1'));
  } finally {
    rmSync(path, { force: true });
  }
}

/** The output of a command of the shell. */
export async function outputBy(run: Run, command: string, options: Options): Promise<string> {
  const path = tempPath('output');
  try {
    const code = await run('/bin/sh', ['-c', `exec > "$0"; ${command}`, path], options);
    if (code !== 0) throw new Error(`the shell ended with ${code}`);
    return readFileSync(path, 'utf8').trim();
  } finally {
    rmSync(path, { force: true });
  }
}

export interface Refusal {
  readonly code: string;
  readonly step: string | undefined;
  readonly syscall: string | undefined;
}

/** How a start is refused. @throws where it is not */
export async function refusalBy(run: Run, options: Options): Promise<Refusal> {
  try {
    await run(probePath, probeArgv('exit', 0).slice(1), options);
  } catch (error) {
    if (!(error instanceof SpawnError)) throw error;
    const { code, step, syscall } = error;
    return { code, step, syscall };
  }
  throw new Error('the start was not refused');
}
