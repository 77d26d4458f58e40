// For runner-verdict.test.ts: programs that are called by a number, and one that takes a name like the runner's.

import { once } from 'node:events';
import { closeSync, readFileSync, readSync } from 'node:fs';
import type { PosixSpawnOptions } from 'forkless';
import { features, openPipe, posixSpawn } from 'forkless';
import { spawn } from 'forkless/child_process';
import { readParameters, say } from '../../support/in-program.js';

const { folder, numbers } = readParameters<{ folder: string; numbers: string[] }>();
const ids = { uid: 4242, gid: 4242, groups: [] };

async function end(name: string, how: string): Promise<unknown> {
  const child = await posixSpawn(`${folder}/${name}`, [name, how], ids);
  const { code, signal } = await child.exited;
  return code ?? signal;
}

async function endOfDropIn(name: string, how: string): Promise<unknown> {
  const [code, signal] = await once(spawn(`${folder}/${name}`, [how], { ...ids, stdio: 'ignore' }), 'exit');
  return code ?? signal;
}

/** Which of some starts in a row differ, or how all of them end. */
async function each(run: () => Promise<unknown>): Promise<unknown> {
  const found = new Set<unknown>();
  for (let i = 0; i < 6; i++) found.add(await run().catch(({ code }) => code));
  return found.size === 1 ? [...found][0] : [...found];
}

const ended: Record<string, unknown[]> = {};
for (const name of numbers)
  ended[name] = [
    await each(() => end(name, 'kill')),
    await each(() => endOfDropIn(name, 'kill')),
    await each(() => end(name, 'end')),
    await each(() => endOfDropIn(name, 'end')),
  ];

/** A program that names itself is known to run while it lives. */
async function living(options: PosixSpawnOptions): Promise<string> {
  const [from, to] = openPipe();
  const script = 'printf /usr/bin/own > /proc/self/comm && echo named && exec sleep 60';
  const child = await posixSpawn('/bin/sh', ['sh', '-c', script], { ...options, fds: [null, to] });
  closeSync(to);
  const text = Buffer.alloc(16);
  readSync(from, text);
  closeSync(from);
  const runs = readFileSync(`/proc/${child.pid}/status`, 'latin1').includes('4242') || text.includes('named');
  child.kill('SIGKILL');
  await child.exited;
  return String(runs);
}

const lives = [await living(ids), await living({ ...ids, setsid: true })];
say({ ended, living: lives, runner: features().runner });
