import { chmodSync, writeFileSync } from 'node:fs';
import type { ExitStatus, Process } from 'forkless';
import { posixSpawn, posixSpawnSync, SpawnError } from 'forkless';
import type { Start } from './probe.js';
import { tempPath } from './temp.js';

/** What must do the same whether it blocks or not. */
export const doors: readonly (readonly [name: string, start: Start])[] = [
  ['posixSpawn', posixSpawn],
  ['posixSpawnSync', posixSpawnSync],
];

/** The SpawnError by which a start fails. @throws if it succeeds, or fails by another error. */
export async function failureOf(start: () => Process | Promise<Process>): Promise<SpawnError> {
  let started: Process;
  try {
    started = await start();
  } catch (error) {
    if (error instanceof SpawnError) return error;
    throw error;
  }
  started.kill('SIGKILL');
  await started.exited;
  throw new Error('the start did not fail');
}

/** Starts a process and waits for its end. */
export async function endOf(start: () => Process | Promise<Process>): Promise<ExitStatus> {
  const started = await start();
  return started.exited;
}

/** A new file with this text and these permissions, whatever the umask. */
export function makeFile(text: string | Uint8Array, mode = 0o755, path = tempPath('program')): string {
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}
