// Many children at once: what one more start and one more end cost then, and what memory a child takes in its parent.
import { residentMemory } from '../../support/process-state.mjs';

const HUNDRED = 100;

/**
 * `sleeper` is a program that lives until it is killed. Microseconds: the middle one of the last hundred starts, until
 * exec is known; the middle one of the first ends, one by one while the others live; and one end's share where
 * all others end together. Bytes of the parent for each child, the most that were seen, garbage included.
 */
export async function live(ways, name, sleeper, count) {
  const way = ways[name];
  collectGarbage();
  const before = residentMemory();
  const { children, times, most } = await startMany(way, sleeper, Number(count));
  const ends = [];
  for (let left = Math.min(HUNDRED, children.length / 2); left > 0; left--)
    ends.push(await timeEnd(way, [children.pop()]));
  return {
    start: middle(times.slice(-HUNDRED)),
    end: middle(ends),
    endTogether: await timeEnd(way, children),
    memory: (most - before) / Number(count),
  };
}

async function startMany(way, sleeper, count) {
  const children = [];
  const times = [];
  let most = 0;
  while (children.length < count) {
    const begin = performance.now();
    const called = way.call(sleeper);
    const process = way.promises ? await called : called;
    times.push(since(begin));
    children.push(process);
    if (children.length % HUNDRED === 0) most = Math.max(most, residentMemory());
  }
  return { children, times, most };
}

function collectGarbage() {
  globalThis.Bun?.gc(true);
  globalThis.gc?.();
}

/** Of each. */
async function timeEnd(way, children) {
  const ends = children.map((process) => way.ended(process));
  const begin = performance.now();
  for (const process of children) way.kill(process);
  await Promise.all(ends);
  return since(begin) / children.length;
}

function middle(times) {
  return times.toSorted((a, b) => a - b)[times.length >> 1];
}

function since(begin) {
  return (performance.now() - begin) * 1000;
}
