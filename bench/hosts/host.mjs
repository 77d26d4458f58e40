// The ways of one contender in one process: host.mjs CONTENDER BYTES DESCRIPTORS, under Node, Bun or Deno;
// CONTENDER:WAY is one of its ways alone. Says
// {resident, descriptors}, then answers each line of standard input, "TASK ARGUMENT…", with one line of JSON, and says
// at the end what it has left behind. native/host.c and host.py speak the same.
import process from 'node:process';
import { createInterface } from 'node:readline';
import { leftBehind, openDescriptors, residentMemory, snapshot } from '../support/process-state.mjs';
import { occupy } from './occupy.mjs';
import { burst } from './tasks/burst.mjs';
import { live } from './tasks/live.mjs';
import { one, time } from './tasks/one.mjs';
import { rate } from './tasks/rate.mjs';
import { warmUp } from './warm-up.mjs';

const tasks = { one, time, rate, burst, live };
const [chosen, bytes, descriptors] = process.argv.slice(2);
const [contender, only] = chosen.split(':');
const { ways: all } = await import(`./ways/${contender}.mjs`);
const ways = only ? { [only]: all[only] } : all;

const { BENCH_WARM_UP: warmUpMilliseconds } = process.env;
await warmUp(Object.values(ways), warmUpMilliseconds && Number(warmUpMilliseconds));
/** Held to the end: what is garbage may be gone before the first start. */
export const occupied = occupy(Number(bytes), Number(descriptors));
const before = snapshot();
say({ resident: residentMemory(), descriptors: openDescriptors().length });
for await (const line of createInterface({ input: process.stdin })) {
  const [task, ...args] = line.split(' ');
  say(await tasks[task](ways, ...args));
}
// A pipe that stands for standard input may be gone by now: what was there before is not asked for.
say({ left: leftBehind(before, snapshot()) });

function say(answer) {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
