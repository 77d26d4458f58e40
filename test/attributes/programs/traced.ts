// For ptrace.test.ts: programs that this thread traces, each started a number of times.
import { readFileSync } from 'node:fs';
import { isMainThread, parentPort } from 'node:worker_threads';
import type { PosixSpawnOptions, SpawnError } from 'forkless';
import { posixSpawn } from 'forkless';
import { spawn } from 'forkless/child_process';
import { readParameters, say } from '../../support/in-program.js';
import { meddle } from '../../support/meddle.js';
import { probeArgv, probePath } from '../../support/probe.js';
import { runWorker } from '../../support/run-worker.js';

const TIMES = 20;

/** 0: nobody, also where the program has ended already, as one does that is not traced. */
function tracerOf(pid: number): number {
  try {
    return Number(/^TracerPid:\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]);
  } catch {
    return 0;
  }
}

async function byPosix(options: PosixSpawnOptions): Promise<object> {
  const child = await posixSpawn(probePath, probeArgv('exit', 7), options);
  const traced = tracerOf(child.pid) !== 0;
  const signal = traced ? meddle.continueTraced(child.pid) : 0;
  const { code } = await child.exited;
  return { traced, signal, code };
}

async function bySpawn(options: object): Promise<object> {
  const child = spawn(probePath, probeArgv('exit', 7).slice(1), { ...options, stdio: 'ignore' });
  const pid = child.pid as number;
  const traced = tracerOf(pid) !== 0;
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const signal = traced ? meddle.continueTraced(pid) : 0;
  return { traced, signal, code: await ended };
}

async function killed(): Promise<object> {
  const child = await posixSpawn(probePath, probeArgv('exit', 7), { ptrace: true });
  child.kill('SIGKILL');
  const { code, signal } = await child.exited;
  return { code, signal };
}

async function missing(): Promise<object> {
  try {
    await posixSpawn('/nonexistent', ['x'], { ptrace: true });
    return {};
  } catch (error) {
    const { code, step } = error as SpawnError;
    return { code, step };
  }
}

async function battery(): Promise<object> {
  const calls: Record<string, () => Promise<object>> = {
    posixSpawn: () => byPosix({ ptrace: true }),
    'posixSpawn, a session': () => byPosix({ ptrace: true, setsid: true }),
    'posixSpawn, without': () => byPosix({ ptrace: false }),
    spawn: () => bySpawn({ ptrace: true }),
    'spawn, without': () => bySpawn({ waitForExec: true }),
    killed,
    missing,
  };
  const results: Record<string, object> = {};
  for (const [name, call] of Object.entries(calls)) {
    const seen = new Set<string>();
    for (let i = 0; i < TIMES; i++) seen.add(JSON.stringify(await call()));
    results[name] = [...seen].map((text) => JSON.parse(text));
  }
  return results;
}

if (!isMainThread) parentPort?.postMessage(await battery());
else if (readParameters<{ worker: boolean }>().worker) say(await runWorker(new URL(import.meta.url)));
else say(await battery());
