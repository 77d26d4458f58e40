// For spawns.ts: one start by each function, and whether all was as it should be. Every tenth ends by a signal, and every
// tenth fails.

import type { StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { posixSpawn, posixSpawnSync } from 'forkless';
import { spawn, spawnSync } from 'forkless/child_process';
import type { Start } from '../../support/probe.js';
import { probeArgv, probePath } from '../../support/probe.js';

export type One = (index: number) => Promise<boolean>;

const exitArgv = probeArgv('exit', 3);
const killArgv = probeArgv('kill', 9);
const argv0 = 'probe';

const kinds: Readonly<Record<string, One>> = {
  posixSpawn: byPosix(posixSpawn),
  posixSpawnSync: byPosix(posixSpawnSync),
  spawn: bySpawn,
  spawnSync: bySpawnSync,
};

export function kindOf(call: string): One {
  const one = kinds[call];
  if (one === undefined) throw new Error(`there is no kind ${call}`);
  return one;
}

function byPosix(start: Start): One {
  return async (index) => {
    if (index % 10 === 0) return (await failureOf(start)) === 'ENOENT';
    const child = await start(probePath, index % 10 === 5 ? killArgv : exitArgv);
    const { code, signal } = await child.exited;
    return index % 10 === 5 ? signal === 'SIGKILL' : code === 3;
  };
}

async function failureOf(start: Start): Promise<unknown> {
  try {
    await start('/no/such/program', ['x']);
    return 'started';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

/** Every kind of stdio, errors before and after the pipes are made, and a channel for messages. */
async function bySpawn(index: number): Promise<boolean> {
  const kind = index % 10;
  if (kind === 0) {
    const child = spawn('/no/such/program');
    const [error] = await once(child, 'error');
    await once(child, 'close');
    return error.code === 'ENOENT' && error.cause.step === 'execve';
  }
  if (kind === 1)
    try {
      spawn('/bin/true', { stdio: ['pipe', 'pipe', 9999] });
      return false;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EBADF';
    }
  const stdio: StdioOptions = kind === 2 ? ['pipe', 'pipe', 'pipe', 'ipc'] : kind === 3 ? 'pipe' : 'ignore';
  const child = spawn(probePath, (kind === 5 ? killArgv : exitArgv).slice(1), { argv0, stdio });
  const [code, signal] = await once(child, 'close');
  return 'pidfd' in child && child.pidfd === -1 && (kind === 5 ? signal === 'SIGKILL' : code === 3);
}

async function bySpawnSync(index: number): Promise<boolean> {
  if (index % 10 === 0) {
    const { error } = spawnSync('/no/such/program');
    return (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
  }
  const args = (index % 10 === 5 ? killArgv : exitArgv).slice(1);
  const stdio = index % 10 === 1 ? 'ignore' : 'pipe';
  const { status, signal } = spawnSync(probePath, args, { argv0, input: 'unread', stdio });
  return index % 10 === 5 ? signal === 'SIGKILL' : status === 3;
}
