import { constants } from 'node:os';
import { expect } from 'chai';
import { seccompRun } from '../support/launchers.js';
import type { RunOptions } from '../support/run-node.js';
import { runNodeForValue } from '../support/run-node.js';
import { crowdUrl, meddleUrl, needLinux, SLOTS } from './flat-crowd.js';

const { ENOMEM, ENOSYS, EPERM } = constants.errno;

/** The first start of a process is plain: only then is it known on which rung it is. */
const prelude = `
  import { closeSync } from 'node:fs';
  import * as childProcess from 'forkless/child_process';
  import { FileActions, features, openPipe, posixSpawn, posixSpawnSync } from 'forkless';
  import { crowd, flatStarts, uncrowd } from '${crowdUrl}';
  import { tables } from '${meddleUrl}';
  const argv = probeArgv('exit', 0);
  const start = (options) => posixSpawnSync(probePath, argv, { cloexecDefault: true, ...options });
  const times = (count, run) => { for (let i = 0; i < count; i++) run(); };
  const codes = async (count, options) => {
    const seen = [];
    for (let i = 0; i < count; i++)
      seen.push(await (async () => (await start(options).exited).code)().catch(({ code, step }) => code + ' at ' + step));
    return seen;
  };
  const quiet = async () => {
    await until('all are reaped', () => childrenOf().length === 0);
    await (await posixSpawn(probePath, argv)).exited;
    return openDescriptors().size;
  };
`;

const always = { FORKLESS_FLAT: 'always' };

describe('whether a start is flat', () => {
  before(function () {
    needLinux(this, 6, 2);
  });

  it('is decided by how many descriptors are open, looked at every now and then', async () => {
    const counts = await run(`
      const counts = {};
      const few = crowd(300);
      counts.few = await flatStarts(() => times(40, start));
      const many = crowd(500);
      counts.firstOfMany = await flatStarts(start);
      counts.many = await flatStarts(() => times(40, start));
      uncrowd(many);
      times(16, start);
      counts.fewAgain = await flatStarts(() => times(40, start));
      say(counts);
    `);
    expect(counts).to.deep.equal({ few: 0, firstOfMany: 1, many: 40, fewAgain: 0 });
  });

  it('is seen within 16 starts where low numbers are free', async () => {
    const counts = await run(`
      const many = crowd(700);
      uncrowd(many.splice(0, 4));
      const first = await flatStarts(() => times(16, start));
      say([first, await flatStarts(() => times(40, start))]);
    `);
    expect(counts).to.have.length(2);
    expect((counts as number[])[0]).to.be.within(1, 16);
    expect((counts as number[])[1]).to.equal(40);
  });

  it('is no worse where somebody has closed all that he did not know: the low numbers are taken again in time', async () => {
    const result = await run<{ low: boolean; reserve: number; flat: number }>(`
      for (const fd of reservedNumbers()) closeSync(fd);
      times(32, start);
      const numbers = reservedNumbers();
      crowd(700);
      say({
        low: numbers.length > 0 && Math.max(...numbers) < 300,
        reserve: numbers.length,
        flat: await flatStarts(() => times(40, start)),
      });
    `);
    expect(result).to.deep.equal({ low: true, reserve: SLOTS, flat: 40 });
  });

  it('is counted once for each start, by every door', async () => {
    const counts = await run(`
      import { once } from 'node:events';
      crowd(800);
      times(16, start);
      const counts = {};
      const count = async (name, run) => {
        const rung = features().rungs[1];
        counts[name] = [await flatStarts(run), features().rungs[1] - rung];
      };
      await count('posixSpawnSync', () => times(20, start));
      await count('posixSpawn', async () => {
        for (let i = 0; i < 20; i++) await (await posixSpawn(probePath, argv, { cloexecDefault: true })).exited;
      });
      await count('a missing program', async () => {
        for (let i = 0; i < 20; i++)
          await posixSpawn('/no/such/program', ['x'], { cloexecDefault: true }).catch(() => {});
      });
      await count('spawn', async () => {
        for (let i = 0; i < 20; i++) await once(childProcess.spawn(probePath, argv.slice(1)), 'close');
      });
      await count('spawnSync', () => times(20, () => childProcess.spawnSync(probePath, argv.slice(1))));
      say(counts);
    `);
    expect(counts).to.deep.equal({
      posixSpawnSync: [20, 20],
      posixSpawn: [20, 20],
      'a missing program': [20, 20],
      spawn: [20, 20],
      spawnSync: [20, 20],
    });
  });

  const plain: [title: string, options: string, env?: Record<string, string>][] = [
    ['more than named descriptors survive', 'cloexecDefault: false'],
    ['ids change, for which the child has memory of its own', 'uid: process.getuid(), gid: process.getgid()'],
    ['on rung 2', '', { FORKLESS_RUNG: '2' }],
    ['on rung 3', '', { FORKLESS_RUNG: '3' }],
    ['on rung 4', '', { FORKLESS_RUNG: '4' }],
    ['where it is forbidden', '', { FORKLESS_FLAT: 'never' }],
    ['and more than named descriptors survive, where it is asked for', 'cloexecDefault: false', always],
    ['on rung 2, where it is asked for', '', { FORKLESS_RUNG: '2', ...always }],
    ['on rung 3, where it is asked for', '', { FORKLESS_RUNG: '3', ...always }],
    ['on rung 4, where it is asked for', '', { FORKLESS_RUNG: '4', ...always }],
  ];
  for (const [title, options, env = {}] of plain)
    it(`is no question ${title}: it is plain`, async () => {
      const script = `
        crowd(800);
        const flat = await flatStarts(() => times(40, () => start({ ${options} })));
        say({ flat, code: await codes(1, { ${options} }) });
      `;
      expect(await run(script, { env })).to.deep.equal({ flat: 0, code: [0] });
    });

  it('is not asked of more sources than the reserve has room for', async () => {
    const result = await run(
      `
      const fdsOf = (count) => [0, 1, 2, ...Array.from({ length: count }, () => openPipe()[0])];
      const table = async (fds) => (await askProbe({ fds, cloexecDefault: true })).fds.map(({ fd, ino }) => fd + ' ' + ino);
      const counts = [];
      const wrong = [];
      for (const sources of [${SLOTS - 5}, ${SLOTS}]) {
        const fds = fdsOf(sources);
        const before = features().flat;
        const seen = await table(fds);
        counts.push(features().flat - before);
        const { fstatSync } = await import('node:fs');
        const expected = fds.map((source, slot) => slot + ' ' + fstatSync(source).ino);
        if (seen.join() !== expected.join()) wrong.push({ seen, expected });
      }
      say({ counts, wrong });
    `,
      { env: always },
    );
    expect(result).to.deep.equal({ counts: [1, 0], wrong: [] });
  });

  it('is no question of how many are free: with fewer than three it fails as a plain one, with more it starts', async () => {
    const outcomes = await run<object[]>(
      `
      import { outcomeOf, withFewFree } from '${new URL('./tight-table.js', import.meta.url).href}';
      await (await posixSpawn(probePath, argv)).exited;
      start();
      const outcomes = [];
      for (const door of [posixSpawn, posixSpawnSync])
        for (let free = 0; free <= 6; free++) {
          const before = await quiet();
          let outcome;
          const flat = await flatStarts(() => withFewFree(free, async () => {
            outcome = await outcomeOf(() => door(probePath, argv, { cloexecDefault: true }));
          }));
          outcomes.push({ free, flat, ...outcome, left: (await quiet()) - before, reserve: reservedNumbers().length });
        }
      say(outcomes);
    `,
      { env: always },
    );
    const full = { flat: 0, code: 'EMFILE', left: 0, reserve: SLOTS };
    const good = { flat: 1, code: 'ok', left: 0, reserve: SLOTS };
    const ofEachDoor = [
      { free: 0, ...full, step: 'pipe' },
      { free: 1, ...full, step: 'pipe' },
      { free: 2, ...full, step: 'clone' },
      ...[3, 4, 5, 6].map((free) => ({ free, ...good })),
    ];
    // what withFewFree starts itself is plain
    expect(outcomes).to.deep.equal([...ofEachDoor, ...ofEachDoor]);
  });

  it('is said by a variable that has to be right', async () => {
    const reason = await run<string>(`say(features().reason);`, { env: { FORKLESS_FLAT: 'often' } }, '');
    expect(reason).to.include('FORKLESS_FLAT').and.to.include('must be "always" or "never"');
  });
});

describe('a system where the table cannot be left', () => {
  before(function () {
    needLinux(this, 6, 2);
  });

  for (const error of ['ENOSYS', 'EPERM'])
    it(`from the beginning, by ${error}: takes no reserve, and is not asked again`, async () => {
      const script = `say({ reserve: reservedNumbers(), flat: await flatStarts(() => times(20, start)), codes: await codes(2) });`;
      expect(await run(script, { env: always, launcher: seccompRun(`close_range=${error}`) })).to.deep.equal({
        reserve: [],
        flat: 0,
        codes: [0, 0],
      });
    });

  for (const error of ['ENOSYS', 'EPERM'])
    it(`by close_range, which gives ${error} from the first try on: nobody sees an error`, async () => {
      const script = `
        meddle.installSeccomp('close_range=${error}', false);
        say({ codes: await codes(20), children: childrenOf().length });
      `;
      expect(await run(script, { env: always })).to.deep.equal({ codes: Array(20).fill(0), children: 0 });
    });

  for (const error of ['ENOSYS', 'EPERM'])
    it(`by close_range and by unshare, which both give ${error} from the first try on: one start may tell it, and nothing is left`, async () => {
      const script = `
        const open = await quiet();
        meddle.installSeccomp('close_range=${error} unshare=${error}', false);
        const [first, ...later] = await codes(20);
        say({ first, later, children: childrenOf().length, left: (await quiet()) - open });
      `;
      // It is waited for, but no longer than a millisecond: a child that has not run by then tells it itself.
      const { first, ...rest } = await run<{ first: number | string }>(script, { env: always });
      expect(first).to.be.oneOf([0, `${error} at table`]);
      expect(rest).to.deep.equal({ later: Array(19).fill(0), children: 0, left: 0 });
    });

  for (const [name, errno] of Object.entries({ ENOSYS, EPERM }))
    it(`any more, by ${name}: one start may tell it, and it is not asked again`, async () => {
      const script = `
        const before = await flatStarts(() => times(20, start));
        tables.installHold();
        tables.refuseStarts(${errno});
        const [first] = await codes(1);
        let later;
        const flat = await flatStarts(async () => { later = await codes(20); });
        say({ before, first, flat, later, reserve: reservedNumbers().length, children: childrenOf().length });
      `;
      const { first, reserve, ...rest } = await run<Refused>(script, { env: always });
      expect(first).to.be.oneOf([0, `${name} at table`]);
      expect(rest).to.deep.equal({ before: 20, flat: 0, later: Array(20).fill(0), children: 0 });
      expect(reserve).to.be.oneOf([0, SLOTS]);
    });

  for (const error of ['ENOSYS', 'EPERM', 'ENOMEM'])
    it(`by close_range any more, which gives ${error}: ${error === 'ENOMEM' ? 'that is told' : 'each start is right, by unshare'}`, async () => {
      const script = `
        import { openSync } from 'node:fs';
        const before = await flatStarts(() => times(20, start));
        crowd(100).forEach((fd) => meddle.dup2(fd, fd + 500)); // not close-on-exec
        const zero = openSync('/dev/zero', 'r');
        meddle.installSeccomp('close_range=${error}', false);
        const table = async () => (await askProbe({ cloexecDefault: true, fds: [zero, null, zero] })).fds
          .map(({ fd, target }) => fd + ' ' + target).join();
        const seen = new Set();
        for (let i = 0; i < 5; i++) seen.add(await table().catch(({ code, step }) => code + ' at ' + step));
        say({ before, seen: [...seen] });
      `;
      const { before, seen } = await run<{ before: number; seen: string[] }>(script, { env: always });
      expect(before).to.equal(20);
      const right = '0 /dev/zero,2 /dev/zero';
      // ENOMEM is no refusal: the sweep itself meets it.
      if (error === 'ENOMEM')
        expect(seen)
          .to.have.length(1)
          .and.to.satisfy(([one]: string[]) => /^ENOMEM at (table|sweep)$/.test(one ?? ''));
      else expect(seen).to.deep.equal([right]);
    });

  it('for want of memory: the start fails, and the next one is flat again', async () => {
    const script = `
      const before = await flatStarts(() => times(20, start));
      const open = await quiet();
      tables.installHold();
      tables.refuseStarts(${ENOMEM});
      const first = await codes(2);
      const later = await posixSpawn(probePath, argv, { cloexecDefault: true }).catch(({ code, errno, step }) => ({ code, errno, step }));
      tables.refuseStarts(0);
      const flat = await flatStarts(() => times(20, start));
      await until('nothing is left but the descriptor of the filter', async () => (await quiet()) === open + 1);
      say({ before, first, later, flat, reserve: reservedNumbers().length });
    `;
    expect(await run(script, { env: always })).to.deep.equal({
      before: 20,
      first: ['ENOMEM at table', 'ENOMEM at table'],
      later: { code: 'ENOMEM', errno: -ENOMEM, step: 'table' },
      flat: 20,
      reserve: SLOTS,
    });
  });
});

interface Refused {
  before: number;
  first: number | string;
  flat: number;
  later: unknown[];
  reserve: number;
  children: number;
}

function run<T = unknown>(script: string, options: RunOptions = {}, first = 'start();'): Promise<T> {
  return runNodeForValue<T>(prelude + first + script, options);
}
