// For spawns.test.ts: very many starts of one kind, and what has grown meanwhile. Before it counts, there are some to
// warm up.
import { readFileSync } from 'node:fs';
import { readParameters, say } from '../../support/in-program.js';
import { meddle } from '../../support/meddle.js';
import { childrenOf, openDescriptors, statusField, threadTimes } from '../../support/proc.js';
import { kindOf } from './spawn-kinds.js';

const { call, count, batch } = readParameters<{ call: string; count: number; batch: number }>();
const one = kindOf(call);
const partSize = Math.min(count / 5, 2000);

let wrong = 0;
await startInParts(4);
const masks = [meddle.getMask()];
const before = await state();
await startInParts(count / partSize);
const after = await state();
masks.push(meddle.getMask());
const names = Object.keys(after) as (keyof typeof after)[];
const growth = Object.fromEntries(names.map((name) => [name, Math.round(after[name] - before[name])]));
say({ ...growth, wrong, masks });

/** In parts of one size, each with its collection: what the collector keeps depends on how much there was at once. */
async function startInParts(parts: number): Promise<void> {
  for (let part = 0; part < parts; part++) {
    await startMany();
    await state();
  }
}

async function startMany(): Promise<void> {
  for (let begin = 0; begin < partSize; begin += batch) {
    const results = await Promise.all(Array.from({ length: batch }, (_, index) => one(begin + index)));
    wrong += results.filter((right) => !right).length;
  }
}

async function state() {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await new Promise(setImmediate);
  }
  return {
    descriptors: openDescriptors().size,
    children: childrenOf().length,
    // Two shared ones for each start, some of which are kept for the next; nothing else of Node is shared.
    mappings: readFileSync('/proc/self/maps', 'latin1').match(/^\S+ ...s /gm)?.length ?? 0,
    rssKiB: Number.parseInt(statusField('RssAnon'), 10),
    heapKiB: process.memoryUsage().heapUsed / 2 ** 10,
    threads: threadTimes().size,
  };
}
