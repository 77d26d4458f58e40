// Many starts at once, some of them stuck in the open of a FIFO that nobody writes to: what the event loop feels.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { FileActions } from 'forkless';
import { leftBehind, snapshot } from '../support/process-state.mjs';
import { startTrue, warmUp } from '../support/true.mjs';

const CALM = 500;

/**
 * `burst`: all starts in one turn of the loop, which cannot but hold it for their sum; else one each millisecond.
 * Where the children want more processors than there are, the loop waits for one in the kernel's queue: that time is
 * told apart.
 */
export default async function stuckStarts({ starts, stuck, burst }) {
  const folder = mkdtempSync(path.join(tmpdir(), 'forkless-bench-'));
  try {
    const fifo = path.join(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    await warmUp();
    const before = snapshot();
    const idle = await delaysDuring(() => sleep(CALM));
    const result = {};
    const queued = waitedForProcessor();
    const delay = await delaysDuring(async () => {
      Object.assign(result, await run(fifo, starts, stuck, burst));
    });
    const processorWait = waitedForProcessor() - queued;
    return { idle, delay, processorWait, ...result, left: leftBehind(before, snapshot()) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function run(fifo, starts, stuck, burst) {
  const fileActions = new FileActions().addOpen(0, fifo, 'r');
  const hanging = [];
  const running = [];
  for (let count = 0; count < starts; count++) {
    if (count % Math.round(starts / stuck) === 0) hanging.push(startStuck(fileActions));
    else running.push(startTrue().then((process) => process.exited));
    if (!burst) await sleep(1);
  }
  await Promise.all(running);
  for (const { cancel } of hanging) cancel.abort();
  const ends = await Promise.allSettled(hanging.map(({ starting }) => starting));
  return { stuck: hanging.length, cancelled: ends.filter((end) => end.reason?.name === 'AbortError').length };
}

function startStuck(fileActions) {
  const cancel = new AbortController();
  return { cancel, starting: startTrue({ fileActions, signal: cancel.signal }) };
}

/**
 * In milliseconds, as the histogram has them: the time between two firings of a timer of 1 ms. An idle loop shows
 * just above 1 ms (the floor, measured in the same process); what is above the floor is the delay.
 */
async function delaysDuring(work) {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  await sleep(5); // it counts from its second firing
  await work();
  await sleep(5); // and a delay when the loop has turned again
  histogram.disable();
  const at = (percent) => histogram.percentile(percent) / 1e6;
  return { count: histogram.count, p50: at(50), p99: at(99), max: histogram.max / 1e6 };
}

/** How long this thread could have run and had to wait for a processor, in milliseconds. Source: sched-stats.rst. */
function waitedForProcessor() {
  const [, waited] = readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ');
  return Number(waited) / 1e6;
}
