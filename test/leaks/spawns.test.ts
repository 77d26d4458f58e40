import { expect } from 'chai';
import { runProgram } from '../support/program.js';

interface Growth {
  wrong: number;
  descriptors: number;
  children: number;
  mappings: number;
  rssKiB: number;
  heapKiB: number;
  threads: number;
  masks: string[];
}

// Above the noise; a leak of 100 bytes of the heap, or of 600 bytes of all memory, for each start would be seen.
const HEAP_KIB = 1024;
const RSS_KIB = 6144;
const KEPT_MAPPINGS = 40;

// The collector takes more room the more there is to do, unless it may not: then what grows is a leak.
const flatHeap = ['--expose-gc', '--max-semi-space-size=1', '--single-threaded-gc'];

/** The long one once: where the whole suite runs. */
const soak = process.env['FORKLESS_FULL_RUN'] === '1' ? 100_000 : 5000;

const kinds = [
  { call: 'posixSpawn', count: 10_000, batch: 32 },
  { call: 'posixSpawnSync', count: 4000, batch: 8 },
  { call: 'spawn', count: soak, batch: 16 },
  { call: 'spawnSync', count: 4000, batch: 1 },
];

describe('starts without end', function () {
  this.timeout(600_000);

  for (const kind of kinds)
    it(`${kind.count} by ${kind.call} leave descriptors, children, memory, threads and the mask as they were`, async () => {
      const options = { nodeArgs: flatHeap, deadlineMs: 590_000 };
      const { masks, ...growth } = await runProgram<Growth>(import.meta.url, 'spawns', kind, options);
      console.log(`      ${kind.call}: ${JSON.stringify(growth)}`);
      expect(growth).to.include({ wrong: 0, descriptors: 0, children: 0, threads: 0 });
      expect(masks[1]).to.equal(masks[0]);
      expect(growth.heapKiB).to.be.lessThan(HEAP_KIB);
      expect(growth.rssKiB).to.be.lessThan(RSS_KIB);
      expect(growth.mappings).to.be.lessThan(KEPT_MAPPINGS);
    });
});
