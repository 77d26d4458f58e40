// For pdeathsig.test.ts: starts a shell, which says its pid and then which signal it got, and ends as it is told to.
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { posixSpawn } from 'forkless';
import { spawn, spawnSync } from 'forkless/child_process';
import { readParameters, say } from '../../support/in-program.js';
import { until } from '../../support/until.js';

const { door, options, end, fifo } = readParameters<{
  door: 'posixSpawn' | 'spawn' | 'spawnSync' | 'Worker' | 'setpriv in a Worker';
  options: object;
  end: 'exit' | 'throw' | 'abort' | 'execve' | 'end of the Worker' | 'terminate';
  fifo: string;
}>();
// It holds the FIFO open itself, so that only a line or a signal ends its wait.
const script = `trap 'echo SIGTERM; exit' TERM; exec 3<>"$0"; echo "$$"; read line <&3; echo "$line"`;
const argv = ['-c', script, fifo];
const stdio = ['ignore', 'inherit', 'inherit'] as const;

if (door === 'spawnSync') spawnSync('/bin/sh', argv, { stdio: [...stdio], ...options });
else if (door === 'spawn') spawn('/bin/sh', argv, { stdio: [...stdio], ...options });
else if (door === 'posixSpawn') await posixSpawn('/bin/sh', ['sh', ...argv], options);
const worker = door.endsWith('Worker') ? await startWorker() : undefined;

// A byte on stdin: the shell has said its pid.
process.stdin.once('data', () => {
  if (end === 'exit') process.exit(3);
  if (end === 'abort') process.abort();
  if (end === 'throw') throw new Error('not caught');
  if (end === 'execve') process.execve?.('/bin/sh', ['sh', '-c', 'echo another; read line']);
  if (worker !== undefined) void endWorker(worker.worker, worker.thread);
});

async function startWorker(): Promise<{ worker: Worker; thread: string }> {
  const workerData = { argv, options, byItself: door !== 'Worker' };
  const started = new Worker(new URL('./pdeathsig-worker.js', import.meta.url), { workerData });
  const thread = await new Promise<string>((resolve) => started.once('message', resolve));
  return { worker: started, thread };
}

async function endWorker(ending: Worker, thread: string): Promise<void> {
  const ended = new Promise((resolve) => ending.once('exit', resolve));
  if (end === 'terminate') void ending.terminate();
  else ending.postMessage('end');
  await ended;
  await until('the thread to be gone', () => !existsSync(`/proc/${thread}`));
  say('the Worker has ended');
  process.stdin.once('data', () => process.exit(0));
}
