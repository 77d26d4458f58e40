// Thousands of spawns, several at a time: what is left of them.
import { features } from 'forkless';
import { leftBehind, residentMemory, snapshot } from '../support/process-state.mjs';
import { runTrue } from '../support/true.mjs';

export default async function manySpawns({ spawns, atATime }) {
  await spawn(spawns, atATime); // fills the pools, and lets the heap settle
  const before = snapshot();
  const memory = [usedMemory()];
  const begin = performance.now();
  await spawn(spawns, atATime);
  const seconds = (performance.now() - begin) / 1000;
  memory.push(usedMemory());
  return {
    perSecond: spawns / seconds,
    rung: features().rung,
    memory,
    descriptors: before.descriptors.length,
    left: leftBehind(before, snapshot()),
  };
}

/** In bytes: all that is resident, and how much of it is not JavaScript's. */
function usedMemory() {
  globalThis.gc();
  const resident = residentMemory();
  return { resident, native: resident - process.memoryUsage().heapTotal };
}

async function spawn(count, atATime) {
  let left = count;
  const worker = async () => {
    while (left-- > 0) await runTrue();
  };
  await Promise.all(Array.from({ length: atATime }, worker));
}
