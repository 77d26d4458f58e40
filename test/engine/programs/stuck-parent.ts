// For lifetime-stuck.test.ts: a parent whose starts hang before exec, and which ends when it gets input.
import { Worker } from 'node:worker_threads';
import { posixSpawn } from 'forkless';
import { readParameters } from '../../support/in-program.js';
import { meddle } from '../../support/meddle.js';
import { stuckChildren } from '../../support/proc.js';
import { stuckOn } from '../../support/stuck.js';

export type StuckParentEnd = 'exit' | 'throw' | 'kill' | 'return';

const { fifo, count, end, rules, inWorker, stops } = readParameters<{
  fifo: string;
  /** Before exec a child shows the command line of its parent: the test looks for this in it. */
  mark: string;
  count: number;
  end: StuckParentEnd;
  /** A filter for all threads. */
  rules?: string;
  /** Whether it is a Worker that starts them. */
  inWorker?: boolean;
  /** Whether it stops them before it ends. */
  stops?: boolean;
}>();

if (rules !== undefined) meddle.installSeccomp(rules, true);
if (inWorker)
  new Worker(new URL('./stuck-worker.js', import.meta.url), { workerData: { fifo, count } }).unref();
else for (let i = 0; i < count; i++) void posixSpawn('/bin/true', ['true'], stuckOn(fifo));

process.stdin.once('data', () => {
  process.stdin.destroy();
  if (stops) for (const pid of stuckChildren()) process.kill(pid, 'SIGSTOP');
  if (end === 'exit') process.exit(3);
  if (end === 'throw') throw new Error('uncaught');
  if (end === 'kill') process.kill(process.pid, 'SIGKILL');
});
