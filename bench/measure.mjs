// All cases, in an order that spreads what else the machine does over all of them.
import { compileNative } from './support/compile.mjs';
import { inFreshProcess } from './support/fresh-process.mjs';
import { machine } from './support/machine.mjs';
import { summarize } from './support/stats.mjs';

const REPEATS = 3;
const MANY = 10_000;
/** The garbage collector sizes its young generation as it likes, by tens of megabytes: this keeps it out of the figure. */
const STEADY_HEAP = ['--expose-gc', '--max-semi-space-size=1'];

/** Cases whose samples are times in microseconds (of in-flight: starts a second), in blocks; each in REPEATS processes of its own. */
const timed = {
  small: ['loop-cost', { gigabytes: 0, rounds: 50, turn: 6 }],
  gigabyte: ['loop-cost', { gigabytes: 1, rounds: 10, turn: 6 }],
  smallAfterFork: ['loop-cost', { gigabytes: 0, rounds: 200, turn: 1 }],
  gigabyteAfterFork: ['loop-cost', { gigabytes: 1, rounds: 30, turn: 1 }],
  dropIn: ['drop-in', { way: 'spawn', gigabytes: 0, rounds: 50, turn: 6 }],
  dropInGigabyte: ['drop-in', { way: 'spawn', gigabytes: 1, rounds: 10, turn: 6 }],
  dropInSync: ['drop-in', { way: 'spawnSync', gigabytes: 0, rounds: 50, turn: 6 }],
  dropInSyncGigabyte: ['drop-in', { way: 'spawnSync', gigabytes: 1, rounds: 10, turn: 6 }],
  inFlight: ['in-flight', { starts: 2000, atATime: 16, rounds: 3, loop: compileNative('posix-spawn-rate') }],
  oneAtATime: ['one-at-a-time', { rounds: 6, block: 100, loop: compileNative('posix-spawn-loop') }],
};

/** @param progress called with what is being measured. */
export async function measureAll(progress) {
  const results = { machine: machine(), repeats: REPEATS };
  const collected = Object.fromEntries(Object.keys(timed).map((key) => [key, {}]));
  for (let repeat = 1; repeat <= REPEATS; repeat++) {
    for (const [key, [name, options]] of Object.entries(timed)) {
      progress(`${name} ${repeat} of ${REPEATS}`);
      collect(collected[key], await inFreshProcess(name, options));
    }
  }
  for (const [key, samples] of Object.entries(collected))
    results[key] = Object.fromEntries(
      Object.entries(samples).map(([who, blocks]) => [who, summarize(blocks)]),
    );
  for (const [key, burst] of [
    ['stuckPaced', false],
    ['stuckBurst', true],
  ]) {
    progress('stuck-starts');
    results[key] = await middle(() => inFreshProcess('stuck-starts', { starts: 500, stuck: 50, burst }));
  }
  progress('many-spawns');
  results.many = {
    spawns: MANY,
    ...(await inFreshProcess('many-spawns', { spawns: MANY, atATime: 8 }, STEADY_HEAP)),
  };
  return results;
}

function collect(samples, result) {
  for (const [who, blocks] of Object.entries(result)) samples[who] = [...(samples[who] ?? []), ...blocks];
}

/** Of REPEATS runs the one with the middle p99, and the p99 of each. */
async function middle(run) {
  const runs = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) runs.push(await run());
  runs.sort((a, b) => a.delay.p99 - b.delay.p99);
  return {
    ...runs[runs.length >> 1],
    left: runs.flatMap(({ left }) => left),
    cancelled: Math.min(...runs.map(({ cancelled }) => cancelled)),
    p99OfEach: runs.map(({ delay }) => delay.p99),
  };
}

/** What must hold whatever the machine does: everything could be cancelled and nothing is left. */
export function faults({ stuckPaced, stuckBurst, many }) {
  const found = [stuckPaced, stuckBurst, many]
    .flatMap(({ left }) => left)
    .map((what) => `left behind: ${what}`);
  for (const { stuck, cancelled } of [stuckPaced, stuckBurst])
    if (cancelled !== stuck) found.push(`${stuck - cancelled} stuck starts could not be cancelled`);
  return found;
}
