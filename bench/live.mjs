// Many live children: each way in a process of its own, whose memory is looked at.
import { contenders } from './contenders.mjs';
import { baseSize, FEW_LIVE } from './plan.mjs';
import { compileSleeper } from './support/compile.mjs';
import { Host } from './support/host.mjs';
import { whyNot } from './support/room.mjs';
import { addBlocks } from './support/stats.mjs';

/** Ours, and the limit. Ten thousand children of everybody take long. */
const REPEATED = new Set(['forkless', 'c']);
/** How often with few, before the many: single starts say little. */
const FEW_REPEATS = 3;

/** @returns {Promise<{samples: object, skipped: string[], left: string[]}>} samples: {way: {count: {start: [blocks]…}}} */
export async function measureLive(plan, hosts, progress) {
  const found = { samples: {}, skipped: [], left: [] };
  const counts = plan.live.filter((children) => {
    const reason = whyNot({ children });
    if (reason) found.skipped.push(`${children} live children: ${reason}`);
    return !reason;
  });
  for (let process = 1; process <= plan.liveProcesses; process++)
    for (const { way, host: name } of contenders.filter(({ live }) => live)) {
      const host = hosts.find((one) => one.name === name);
      if (!host || (process > 1 && !REPEATED.has(name))) continue;
      progress(`live children, ${process} of ${plan.liveProcesses}: ${way}`);
      try {
        await measureWay(plan, host, way, [...Array(FEW_REPEATS).fill(FEW_LIVE), ...counts], found);
      } catch (error) {
        if (name === 'forkless') throw error;
        found.skipped.push(`${way}, live children: ${error.message}`);
      }
    }
  return found;
}

async function measureWay(plan, description, way, counts, { samples, left }) {
  const sleeper = compileSleeper();
  const host = await Host.start(description, baseSize(plan));
  try {
    samples[way] ??= {};
    for (const count of counts) {
      const figures = await host.ask('live', way, sleeper, count);
      samples[way][count] ??= {};
      addBlocks(samples[way][count], figures);
    }
    left.push(...(await host.end()));
  } finally {
    host.kill();
  }
}
