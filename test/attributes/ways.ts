// The four ways to start a program, called alike, for attributes that mean the same in all of them.

import type { ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import type { PosixSpawnOptions, SpawnError } from 'forkless';
import { openPipe, posixSpawn, posixSpawnSync } from 'forkless';
import { spawn, spawnSync } from 'forkless/child_process';
import { readToEnd } from '../support/probe.js';

/** What a program was started with; `fds` and `fileActions` are not for all of them. */
export type WayOptions = Omit<PosixSpawnOptions, 'fds' | 'fileActions' | 'env' | 'signal'>;

/** Why a start failed. */
export interface Told {
  readonly code: string;
  readonly step: string;
  readonly syscall: string;
  readonly fd?: number;
  readonly path?: string;
}

/** What the program wrote to 1, or why it was not started. On 0 it has `stdin`. */
export type Answer = string | Told;

export type Way = (
  file: string,
  args: readonly string[],
  options: WayOptions,
  stdin?: number,
) => Promise<Answer>;

export const ways: readonly (readonly [name: string, way: Way])[] = [
  ['posixSpawn', byPosix(posixSpawn)],
  ['posixSpawnSync', byPosix(posixSpawnSync)],
  ['spawn', bySpawn],
  ['spawnSync', bySpawnSync],
];

function byPosix(start: typeof posixSpawn | typeof posixSpawnSync): Way {
  return async (file, args, options, stdin = 0) => {
    const [readEnd, writeEnd] = openPipe();
    const output = readToEnd(readEnd);
    let failure: Told | undefined;
    try {
      const child = await start(file, [file, ...args], {
        ...options,
        cloexecDefault: true,
        fds: [stdin, writeEnd],
      });
      closeSync(writeEnd);
      await child.exited;
    } catch (error) {
      closeSync(writeEnd);
      failure = told(error);
    }
    return failure ?? (await output).toString();
  };
}

async function bySpawn(file: string, args: readonly string[], options: object, stdin = 0): Promise<Answer> {
  let child: ChildProcess;
  try {
    child = spawn(file, args, { ...options, stdio: [stdin, 'pipe', 'ignore'] });
  } catch (error) {
    // as in Node: all errors but a few
    return told((error as Error).cause);
  }
  let failure: Told | undefined;
  let output = '';
  child.on('error', (error) => {
    failure = told(error.cause);
  });
  child.stdout?.on('data', (text) => {
    output += text;
  });
  await new Promise((resolve) => child.on('close', resolve));
  return failure ?? output;
}

async function bySpawnSync(
  file: string,
  args: readonly string[],
  options: object,
  stdin = 0,
): Promise<Answer> {
  const { error, stdout } = spawnSync(file, args, { ...options, stdio: [stdin, 'pipe', 'ignore'] });
  return error === undefined ? stdout.toString() : told(error.cause);
}

function told(error: unknown): Told {
  const { code, step, syscall, fd, path } = error as SpawnError;
  if (step === undefined) throw error;
  return {
    code,
    step,
    syscall,
    ...(fd === undefined ? {} : { fd }),
    ...(path === undefined ? {} : { path }),
  };
}
