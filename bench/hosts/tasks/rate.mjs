// Starts a second with several in flight, and what the event loop feels of it.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { end } from './start.mjs';

const program = '/bin/true';
const RESOLUTION = 1;
const SETTLE = 5;

/** For `milliseconds`, and at least as many starts as are in flight. Then those in flight end. */
export async function rate(ways, name, atATime, milliseconds) {
  const delays = await monitorDelay();
  const begin = performance.now();
  const until = begin + Number(milliseconds);
  let started = 0;
  const follow = async () => {
    while (started < atATime || performance.now() < until) {
      started++;
      await end(ways[name], ways[name].call(program));
    }
  };
  await Promise.all(Array.from({ length: Number(atATime) }, follow));
  const perSecond = (started / (performance.now() - begin)) * 1000;
  return { perSecond, ...(await delays?.()) };
}

/**
 * Milliseconds above the timer's own one. Node's histogram holds the time between two firings, Bun's what is too much;
 * Deno's knows nothing of a loop that is held.
 */
async function monitorDelay() {
  if (globalThis.Deno) return undefined;
  const floor = globalThis.Bun ? 0 : RESOLUTION;
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION });
  histogram.enable();
  await sleep(SETTLE); // it counts from its second firing
  histogram.reset();
  return async () => {
    await sleep(SETTLE); // and a delay when the loop has turned again
    histogram.disable();
    const at = (percent) => Math.max(0, histogram.percentile(percent) / 1e6 - floor);
    return { delayP50: at(50), delayP99: at(99) };
  };
}
