import { expect } from 'chai';
import { runNodeForValue } from '../support/run-node.js';
import { crowdUrl, needLinux } from './flat-crowd.js';

const STARTS = 2000;
const FAILURES = 500;

// Above the noise; a leak of a page for each start would be seen.
const RSS_KIB = 6144;
const HEAP_KIB = 1024;
const KEPT_MAPPINGS = 40;

// The collector takes more room the more there is to do, unless it may not: then what grows is a leak.
const nodeArgs = ['--expose-gc', '--max-semi-space-size=1', '--single-threaded-gc'];

interface Growth {
  wrong: number;
  flat: number;
  lost: number;
  children: number;
  threads: number;
  mappings: number;
  rssKiB: number;
  heapKiB: number;
}

describe('flat starts without end', () => {
  before(function () {
    needLinux(this, 5, 9);
  });

  it(`${STARTS} of them leave descriptors, the reserve, children, memory and threads as they were`, async () => {
    const { wrong, ...growth } = await run(
      STARTS,
      `
      const start = index % 8 === 0 ? posixSpawnSync : posixSpawn;
      const fds = index % 3 === 0 ? [pipe[0], pipe[1], pipe[1]] : [null, pipe[1]];
      const child = await start(probePath, argv, { cloexecDefault: true, fds });
      return (await child.exited).code === 3;
    `,
    );
    console.log(`      ${JSON.stringify(growth)}`);
    expect(wrong).to.equal(0);
    expectNoGrowth(growth, STARTS);
  });

  it(`${FAILURES} that fail, too`, async () => {
    const { wrong, ...growth } = await run(
      FAILURES,
      `
      const start = index % 8 === 0 ? posixSpawnSync : posixSpawn;
      const [path, code, options] = [
        ['/no/such/program', 'ENOENT', { fds: [pipe[0], pipe[1]] }],
        ['/etc/passwd', 'EACCES', {}],
        [probePath, 'EBADF', { fds: [pipe[0], 19_000] }],
        [probePath, 'ENOENT', { fileActions: new FileActions().addDup2(pipe[1], 1).addOpen(5, '/no/such/file', 'r') }],
        [probePath, 'ENOENT', { cwd: '/no/such/folder' }],
      ][index % 5];
      const error = await (async () => start(path, argv, { cloexecDefault: true, ...options }))().catch((error) => error);
      return error.code === code;
    `,
    );
    console.log(`      ${JSON.stringify(growth)}`);
    expect(wrong).to.equal(0);
    expectNoGrowth(growth, FAILURES);
  });
});

function expectNoGrowth(
  { flat, mappings, rssKiB, heapKiB, ...rest }: Omit<Growth, 'wrong'>,
  count: number,
): void {
  // Where the reserve is lent out, or a closed descriptor is named, a start is plain.
  expect(flat).to.be.within(count * 0.6, count);
  expect(rest).to.deep.equal({ lost: 0, children: 0, threads: 0 });
  expect(mappings).to.be.lessThan(KEPT_MAPPINGS);
  expect(rssKiB).to.be.lessThan(RSS_KIB);
  expect(heapKiB).to.be.lessThan(HEAP_KIB);
}

/** Five at a time, in a crowded table. `one`: the body of an async function of `index`, whether all was as it should be. */
function run(count: number, one: string): Promise<Growth> {
  const script = `
    import { readFileSync } from 'node:fs';
    import { features, FileActions, openPipe, posixSpawn, posixSpawnSync } from 'forkless';
    import { crowd } from '${crowdUrl}';
    crowd(700);
    const pipe = openPipe();
    const argv = probeArgv('exit', 3);
    const one = async (index) => {${one}};
    let wrong = 0;
    const many = async (count) => {
      for (let begin = 0; begin < count; begin += 5)
        for (const right of await Promise.all([0, 1, 2, 3, 4].map((index) => one(begin + index)))) if (!right) wrong++;
    };
    const state = async () => {
      await until('all children are reaped', () => childrenOf().length === 0);
      await (await posixSpawn(probePath, argv)).exited;
      for (let i = 0; i < 3; i++) { gc(); await new Promise(setImmediate); }
      return {
        // with the numbers of the reserve, and what stands on them
        descriptors: [...openDescriptors()].map(String).sort().join('\\n'),
        reserve: reservedNumbers().join(),
        children: childrenOf().length,
        threads: threadTimes().size,
        mappings: readFileSync('/proc/self/maps', 'latin1').match(/^\\S+ ...s /gm)?.length ?? 0,
        rssKiB: Number(/RssAnon:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'latin1'))[1]),
        heapKiB: Math.round(process.memoryUsage().heapUsed / 1024),
        flat: features().flat,
      };
    };
    await state();
    for (let part = 0; part < 4; part++) { await many(${count / 4}); await state(); }
    const before = await state();
    for (let part = 0; part < 4; part++) { await many(${count / 4}); await state(); }
    const after = await state();
    const growth = Object.fromEntries(['children', 'threads', 'mappings', 'rssKiB', 'heapKiB', 'flat']
      .map((name) => [name, after[name] - before[name]]));
    const lost = after.descriptors === before.descriptors && after.reserve === before.reserve ? 0 : 1;
    say({ wrong, lost, ...growth });
  `;
  return runNodeForValue<Growth>(script, { nodeArgs, deadlineMs: 25_000 });
}
