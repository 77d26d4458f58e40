// For lifetime-watcher.test.ts: a child that dies while it is traced, and how much time the watcher takes meanwhile.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { posixSpawn } from 'forkless';
import { readParameters, say } from '../../support/in-program.js';
import { helper } from '../../support/paths.js';
import { probeArgv, probePath } from '../../support/probe.js';
import { stateOf, threadTimes } from '../../support/proc.js';
import { stuckOn, untilStuck } from '../../support/stuck.js';
import { makeFifo } from '../../support/temp.js';
import { until } from '../../support/until.js';

interface Traced {
  readonly pid: number;
  readonly outcome: Promise<unknown>;
  readonly kill: () => void;
}

const { moment } = readParameters<{ moment: 'after exec' | 'before exec' | 'before exec, aborted' }>();

// Every pool of Node has its threads by now: the one that comes next is the watcher.
const threads = new Set(threadTimes().keys());
await (await posixSpawn('/bin/true', ['true'])).exited;
const [watcher, ...more] = [...threadTimes().keys()].filter((thread) => !threads.has(thread));
if (watcher === undefined || more.length > 0) throw new Error('which thread is the watcher?');

const { pid, outcome, kill } = moment === 'after exec' ? await startRunning() : await startStuck();
const tracer = spawn(helper('trace-hold'), [String(pid)], { stdio: ['pipe', 'pipe', 'inherit'] });
await once(tracer.stdout, 'data');
kill();
await until('it is dead', () => stateOf(pid) === 'Z');

let told = false;
void outcome.then(() => {
  told = true;
});
const before = timeOf(watcher);
const cpuBegin = performance.now();
let sink = 0;
// This thread is busy for as long: a watcher that spins has the other processor for itself.
while (performance.now() - cpuBegin < 300) for (let i = 0; i < 1e5; i++) sink ^= i;
const cpuMs = timeOf(watcher) - before;
await new Promise(setImmediate);
const tooSoon = told;
tracer.stdin.end();
say({ outcome: await outcome, tooSoon, cpuMs, sink });

async function startRunning(): Promise<Traced> {
  const child = await posixSpawn(probePath, probeArgv('block'));
  const ended = child.exited.then(({ signal }) => signal);
  return { pid: child.pid, outcome: ended, kill: () => process.kill(child.pid, 'SIGKILL') };
}

async function startStuck(): Promise<Traced> {
  const controller = new AbortController();
  const { signal } = controller;
  const failed = posixSpawn('/bin/true', ['true'], { ...stuckOn(makeFifo()), signal }).catch((error) =>
    error.name === 'AbortError' ? error.name : `${error.code} ${error.signal}`,
  );
  const [stuck = 0] = await untilStuck(1);
  const byAbort = moment === 'before exec, aborted';
  return {
    pid: stuck,
    outcome: failed,
    kill: () => (byAbort ? controller.abort() : process.kill(stuck, 'SIGKILL')),
  };
}

function timeOf(thread: number): number {
  return threadTimes().get(thread) ?? 0;
}
