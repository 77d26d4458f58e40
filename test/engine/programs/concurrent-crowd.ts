// For concurrent.test.ts: 500 starts at once, 50 of which hang, and what is left once all are aborted.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { FileActions, posixSpawn } from 'forkless';
import { readParameters, say } from '../../support/in-program.js';
import { childrenOf, openDescriptors, stuckChildren, threadTimes } from '../../support/proc.js';
import { makeFifo } from '../../support/temp.js';
import { until } from '../../support/until.js';

/** Whether they are aborted in the turn in which they were started, or when the others have ended and 50 hang. */
const { atOnce } = readParameters<{ atOnce: boolean }>();

await (await posixSpawn('/bin/true', ['true'])).exited;
const fifo = makeFifo();
let unhandled = 0;
process.on('unhandledRejection', () => unhandled++);
const before = { threads: threadTimes().size, descriptors: openDescriptors().size };
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
await until('the delay is being measured', () => delay.count > 10);

const controllers = Array.from({ length: 500 }, () => new AbortController());
const fileActions = new FileActions().addOpen(5, fifo, 'r');
const errors: Record<string, number> = {};
let ended = 0;
const starts = controllers.map(async ({ signal }, index) => {
  const options = index % 10 === 0 ? { signal, fileActions } : { signal };
  try {
    const child = await posixSpawn('/bin/true', ['true'], options);
    await child.exited;
    ended++;
  } catch (error) {
    const { name } = error as Error;
    errors[name] = (errors[name] ?? 0) + 1;
  }
});
if (!atOnce) {
  await until('the others have ended', () => ended === 450);
  await until('50 hang', () => stuckChildren().length === 50);
}
const newThreads = threadTimes().size - before.threads;
for (const controller of controllers) controller.abort();
await Promise.all(starts);
delay.disable();
await new Promise(setImmediate);
say({
  ended,
  errors,
  unhandled,
  newThreads,
  left: childrenOf().length,
  descriptors: openDescriptors().size - before.descriptors,
  delayMs: { p50: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), max: ms(delay.max) },
});

function ms(nanoseconds: number): number {
  return Math.round(nanoseconds / 1e4) / 100;
}
