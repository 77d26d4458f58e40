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

interface Kind {
  readonly call: string;
  readonly count: number;
  readonly batch: number;
  readonly from: string;
  /** The body of an async function of `index`: whether all was as it should be. */
  readonly one: string;
}

const posix = (call: string): string => `
  if (index % 10 === 0)
    return (await (async () => ${call}('/no/such/program', ['x']))().catch(({ code }) => code)) === 'ENOENT';
  const child = await ${call}(probePath, index % 10 === 5 ? argv.kill : argv.exit);
  const { code, signal } = await child.exited;
  return index % 10 === 5 ? signal === 'SIGKILL' : code === 3;`;

/** Every kind of stdio, errors before and after the pipes are made, and a channel for messages. */
const dropIn = `
  const kind = index % 10;
  if (kind === 0) {
    const child = spawn('/no/such/program');
    const [error] = await once(child, 'error');
    await once(child, 'close');
    return error.code === 'ENOENT' && error.cause.step === 'execve';
  }
  if (kind === 1) {
    try { spawn('/bin/true', { stdio: ['pipe', 'pipe', 9999] }); } catch ({ code }) { return code === 'EBADF'; }
    return false;
  }
  const stdio = kind === 2 ? ['pipe', 'pipe', 'pipe', 'ipc'] : kind === 3 ? 'pipe' : 'ignore';
  const child = spawn(probePath, (kind === 5 ? argv.kill : argv.exit).slice(1), { argv0: argv.exit[0], stdio });
  const [code, signal] = await once(child, 'close');
  return child.pidfd === -1 && (kind === 5 ? signal === 'SIGKILL' : code === 3);`;

const dropInSync = `
  if (index % 10 === 0) return spawnSync('/no/such/program').error.code === 'ENOENT';
  const options = { argv0: argv.exit[0], input: 'unread', ...(index % 10 === 1 && { stdio: 'ignore' }) };
  const { status, signal } = spawnSync(probePath, (index % 10 === 5 ? argv.kill : argv.exit).slice(1), options);
  return index % 10 === 5 ? signal === 'SIGKILL' : status === 3;`;

/** The long one once: where the whole suite runs. */
const soak = process.env['FORKLESS_FULL_RUN'] === '1' ? 100_000 : 5000;

const kinds: readonly Kind[] = [
  { call: 'posixSpawn', count: 10_000, batch: 32, from: 'forkless', one: posix('posixSpawn') },
  { call: 'posixSpawnSync', count: 4000, batch: 8, from: 'forkless', one: posix('posixSpawnSync') },
  { call: 'spawn', count: soak, batch: 16, from: 'forkless/child_process', one: dropIn },
  { call: 'spawnSync', count: 4000, batch: 1, from: 'forkless/child_process', one: dropInSync },
];

describe('starts without end', function () {
  this.timeout(600_000);

  for (const kind of kinds)
    it(`${kind.count} by ${kind.call} leave descriptors, children, memory, threads and the mask as they were`, async () => {
      const options = { nodeArgs: flatHeap, deadlineMs: 590_000 };
      const { masks, ...growth } = await runNodeForValue<Growth>(script(kind), options);
      console.log(`      ${kind.call}: ${JSON.stringify(growth)}`);
      expect(growth).to.include({ wrong: 0, descriptors: 0, children: 0, threads: 0 });
      expect(masks[1]).to.equal(masks[0]);
      expect(growth.heapKiB).to.be.lessThan(HEAP_KIB);
      expect(growth.rssKiB).to.be.lessThan(RSS_KIB);
      expect(growth.mappings).to.be.lessThan(KEPT_MAPPINGS);
    });
});

/** Every tenth ends by a signal, and every tenth fails. Before it counts, there are some to warm up. */
function script({ call, count, batch, from, one }: Kind): string {
  const part = Math.min(count / 5, 2000);
  return `
    import { once } from 'node:events';
    import { readFileSync } from 'node:fs';
    import { ${call} } from '${from}';
    const batch = ${batch};
    const argv = { exit: probeArgv('exit', 3), kill: probeArgv('kill', 9) };
    const one = async (index) => {${one}
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
        await spawnMany(${part});
        await state();
      }
    };
    await spawnInParts(4);
    const masks = [meddle.getMask()];
    const before = await state();
    await spawnInParts(${count / part});
    const after = await state();
    masks.push(meddle.getMask());
    const growth = Object.fromEntries(Object.entries(after).map(([name, value]) => [name, Math.round(value - before[name])]));
    say({ ...growth, wrong, masks });
  `;
}
