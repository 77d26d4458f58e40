// What a program says that is started by each of the ways that a start has, with options that all of them take.
import { closeSync } from 'node:fs';
import type { Process, SpawnAttributes } from 'forkless';
import { FileActions, openPipe, posixSpawn, posixSpawnSync, SpawnError } from 'forkless';
import { spawn, spawnSync } from 'forkless/child_process';
import type { Start } from './probe.js';
import { readToEnd } from './probe.js';

/** Of a program that was started, or of the step that failed. */
export interface Outcome {
  readonly out?: string;
  readonly code?: number | null;
  readonly signal?: string | null;
  readonly error?: { readonly code: string; readonly step: string; readonly syscall: string };
}

export type Run = (argv: readonly [string, ...string[]], options: SpawnAttributes) => Promise<Outcome>;

export const everyDoor: readonly (readonly [name: string, run: Run])[] = [
  ['posixSpawn', byPosix(posixSpawn)],
  ['posixSpawnSync', byPosix(posixSpawnSync)],
  ['spawn', bySpawn],
  ['spawnSync', bySpawnSync],
];

/** The outcome at every door, by its name. */
export async function atEveryDoor(...call: Parameters<Run>): Promise<Record<string, Outcome>> {
  const outcomes: Record<string, Outcome> = {};
  for (const [name, run] of everyDoor) outcomes[name] = await run(...call);
  return outcomes;
}

/** The same at every door. */
export function alike(outcome: Outcome): Record<string, Outcome> {
  return Object.fromEntries(everyDoor.map(([name]) => [name, outcome]));
}

function byPosix(start: Start): Run {
  return async (argv, options) => {
    const [readFd, writeFd] = openPipe();
    const output = readToEnd(readFd);
    let child: Process;
    try {
      const fileActions = new FileActions().addDup2(writeFd, 1);
      child = await start(argv[0], argv, { ...options, fileActions });
    } catch (error) {
      closeSync(writeFd);
      await output;
      return told(error);
    }
    closeSync(writeFd);
    const [bytes, { code, signal }] = await Promise.all([output, child.exited]);
    return { out: bytes.toString(), code, signal };
  };
}

async function bySpawn(argv: readonly [string, ...string[]], options: SpawnAttributes): Promise<Outcome> {
  try {
    return await new Promise((resolve, reject) => {
      // Node throws some errors, EPERM among them, and emits others.
      const child = spawn(argv[0], argv.slice(1), { ...options, stdio: ['ignore', 'pipe', 'inherit'] });
      let out = '';
      child.stdout.on('data', (data) => {
        out += data;
      });
      child.on('error', reject);
      child.on('close', (code, signal) => resolve({ out, code, signal }));
    });
  } catch (error) {
    return told((error as Error).cause);
  }
}

async function bySpawnSync(argv: readonly [string, ...string[]], options: SpawnAttributes): Promise<Outcome> {
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  const result = spawnSync(argv[0], argv.slice(1), { ...options, stdio: [...stdio], encoding: 'utf8' });
  if (result.error !== undefined) return told(result.error.cause);
  return { out: result.stdout, code: result.status, signal: result.signal };
}

function told(error: unknown): Outcome {
  if (!(error instanceof SpawnError)) throw error;
  const { code, step, syscall } = error;
  return { error: { code, step, syscall } };
}
