import { expect } from 'chai';
import { runNodeForValue } from '../support/run-node.js';

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

describe('starts without end', function () {
  this.timeout(90_000);

  for (const [call, count] of [
    ['posixSpawn', 10_000],
    ['posixSpawnSync', 4_000],
  ] as const)
    it(`${count} by ${call} leave descriptors, children, memory, threads and the mask as they were`, async () => {
      const { masks, ...growth } = await runNodeForValue<Growth>(script(call, count), { nodeArgs: flatHeap });
      console.log(`      ${call}: ${JSON.stringify(growth)}`);
      expect(growth).to.include({ wrong: 0, descriptors: 0, children: 0, threads: 0 });
      expect(masks[1]).to.equal(masks[0]);
      expect(growth.heapKiB).to.be.lessThan(HEAP_KIB);
      expect(growth.rssKiB).to.be.lessThan(RSS_KIB);
      expect(growth.mappings).to.be.lessThan(KEPT_MAPPINGS);
    });
});

/** Every tenth ends by a signal, and every tenth fails. Before it counts, there are four fifths as many to warm up. */
function script(call: string, count: number): string {
  return `
    import { readFileSync } from 'node:fs';
    import { ${call} } from 'forkless';
    const batch = ${call === 'posixSpawn' ? 32 : 8};
    const argv = { exit: probeArgv('exit', 3), kill: probeArgv('kill', 9) };
    const one = async (index) => {
      if (index % 10 === 0)
        return (await (async () => ${call}('/no/such/program', ['x']))().catch(({ code }) => code)) === 'ENOENT';
      const child = await ${call}(probePath, index % 10 === 5 ? argv.kill : argv.exit);
      const { code, signal } = await child.exited;
      return index % 10 === 5 ? signal === 'SIGKILL' : code === 3;
    };
    let wrong = 0;
    const spawnMany = async (count) => {
      for (let begin = 0; begin < count; begin += batch) {
        const results = await Promise.all(Array.from({ length: batch }, (_, index) => one(begin + index)));
        wrong += results.filter((right) => !right).length;
      }
    };
    const state = async () => {
      for (let i = 0; i < 3; i++) { gc(); await new Promise(setImmediate); }
      const memory = process.memoryUsage();
      return {
        descriptors: openDescriptors().size,
        children: childrenOf().length,
        // Two shared ones for each start, some of which are kept for the next; nothing else of Node is shared.
        mappings: readFileSync('/proc/self/maps', 'latin1').match(/^\\S+ ...s /gm)?.length ?? 0,
        rssKiB: Number(/RssAnon:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'latin1'))[1]),
        heapKiB: memory.heapUsed / 2 ** 10,
        threads: threadTimes().size,
      };
    };
    // In parts of one size, each with its collection: what the collector keeps depends on how much there was at once.
    const spawnInParts = async (parts) => {
      for (let part = 0; part < parts; part++) {
        await spawnMany(${count / 5});
        await state();
      }
    };
    await spawnInParts(4);
    const masks = [meddle.getMask()];
    const before = await state();
    await spawnInParts(5);
    const after = await state();
    masks.push(meddle.getMask());
    const growth = Object.fromEntries(Object.entries(after).map(([name, value]) => [name, Math.round(value - before[name])]));
    say({ ...growth, wrong, masks });
  `;
}
