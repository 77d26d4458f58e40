// The program that every measurement starts: it does nothing, with 0–2 on /dev/null, here and there.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { posixSpawn } from 'forkless';

const path = '/bin/true';
const nothing = openSync('/dev/null', 'r+');

/** Starts it, with more options. */
export function startTrue(options = {}) {
  return posixSpawn(path, ['true'], { fds: [nothing, nothing, nothing], ...options });
}

/** All in microseconds since the call: when it returned, when exec was known, when the exit was known. */
export async function timeForkless() {
  const begin = performance.now();
  const starting = startTrue();
  const held = since(begin);
  const process = await starting;
  const execed = since(begin);
  await process.exited;
  return { held, execed, exited: since(begin) };
}

export async function timeChildProcess() {
  const begin = performance.now();
  const child = spawn(path, [], { stdio: 'ignore' });
  const held = since(begin);
  await once(child, 'exit');
  return { held, exited: since(begin) };
}

/** A program that starts one process is not in a hurry; one that starts many has compiled code. */
export async function warmUp(starts = 1500) {
  for (let count = 0; count < starts; count++) await timeForkless();
  for (let count = 0; count < starts / 10; count++) await timeChildProcess();
}

function since(begin) {
  return (performance.now() - begin) * 1000;
}
