import { expect } from 'chai';
import { fdRun } from '../support/launchers.js';
import { runNodeForValue } from '../support/run-node.js';

/** Numbers 20 to 79 are inheritable, but for those that a test closes. */
const launcher = fdRun('20-79');

const prelude = `
  import { closeSync, openSync, readFileSync } from 'node:fs';
  import { FileActions, openPipe, posixSpawn, posixSpawnSync } from 'forkless';
  import { spawnSync } from 'forkless/child_process';
  // All below 20 are taken: the report pipe finds the numbers that are closed here, and no others.
  const fill = () => { let fd; do fd = openSync('/dev/null', 'r'); while (fd < 80); closeSync(fd); };
  const numbersIn = (text) => JSON.parse(text).fds.map(({ fd }) => fd);
  const seen = async (start, options) => {
    const path = tempPath('report');
    const child = await start(probePath, probeArgv('report-to', path), { cloexecDefault: true, ...options });
    await child.exited;
    return numbersIn(readFileSync(path, 'utf8'));
  };
`;

describe('with all but what was named closed', () => {
  for (const [title, env] of [
    ['in a table of its own', { FORKLESS_FLAT: 'never' }],
    ['in the flat mode', { FORKLESS_FLAT: 'always' }],
  ] as [string, Record<string, string>][]) {
    it(`no inheritable neighbour of the report pipe reaches the child, ${title}`, async () => {
      const result = await runNodeForValue(
        `${prelude}
        await seen(posixSpawn, {});
        fill();
        const wrong = [];
        // its first place, and the one above all that is named, each between two that are inheritable
        for (const first of [30, 50])
          for (const moved of [41, 60, 79])
            for (const named of [[22], [40], [40, 22]]) {
              for (const fd of [first, first + 2, first + 4, moved]) closeSync(fd);
              for (const start of [posixSpawn, posixSpawnSync]) {
                const numbers = await seen(start, { fds: [null, null, null, ...named] });
                const wanted = [0, 1, 2, ...named.map((_, index) => 3 + index)].slice(3);
                if (numbers.join() !== wanted.join()) wrong.push([first, moved, named, numbers]);
              }
              for (const fd of [first, first + 2, first + 4, moved]) meddle.dup2(21, fd);
            }
        say(wrong);`,
        { launcher, env },
      );
      expect(result).to.deep.equal([]);
    });

    it(`inheritable sources of standard descriptors reach it under those numbers only, ${title}`, async () => {
      const result = await runNodeForValue(
        `${prelude}
        await seen(posixSpawn, {});
        const path = tempPath('report');
        const sync = spawnSync(probePath, probeArgv('report-to', path).slice(1), { stdio: [20, 79, 45] });
        say([
          sync.status,
          numbersIn(readFileSync(path, 'utf8')),
          await seen(posixSpawn, { fds: [20, 21, 79] }),
          await seen(posixSpawnSync, { fds: [79, 79, 20, 22] }),
        ]);`,
        { launcher, env },
      );
      expect(result).to.deep.equal([0, [0, 1, 2], [0, 1, 2], [0, 1, 2, 3]]);
    });
  }
});

// What the flat mode asks first: where the answer is missing, a start is plain.
describe('with all but what was named closed, where a filter refuses', () => {
  for (const call of ['statx', 'memfd_create', 'getppid', 'ppoll'])
    for (const error of ['ENOSYS', 'EPERM'])
      it(`${call}, by ${error}: starts are as right as before`, async () => {
        const result = await runNodeForValue(
          `${prelude}
          meddle.installSeccomp('${call}=${error}', false);
          const numbers = [];
          for (let i = 0; i < 3; i++) numbers.push(await seen(posixSpawnSync, { fds: [20, 21, 79] }));
          say(numbers);`,
          { launcher, env: { FORKLESS_FLAT: 'always' } },
        );
        expect(result).to.deep.equal(Array(3).fill([0, 1, 2]));
      });
});

describe('with all but what was named closed, where a filter refuses prlimit64', () => {
  for (const error of ['ENOSYS', 'EPERM'])
    it(`by ${error}: starts are as right as before`, async () => {
      // the probe asks for its limits itself
      const result = await runNodeForValue(
        `${prelude}
        meddle.installSeccomp('prlimit64=${error}', false);
        const list = () => spawnSync('/bin/ls', ['/proc/self/fd'], { encoding: 'utf8', stdio: [20, 'pipe', 79] }).stdout;
        say([list(), list(), list()]);`,
        { launcher, env: { FORKLESS_FLAT: 'always' } },
      );
      expect(result).to.deep.equal(Array(3).fill('0\n1\n2\n3\n'));
    });
});

describe('the report pipe', () => {
  // Above the limit it cannot go: so it moves when a step wants its number, to the lowest that is free.
  it('is no source either on the number that it has moved to just now', async () => {
    const result = await runNodeForValue(
      `${prelude}
      await seen(posixSpawn, {});
      const pair = [openSync('/dev/null', 'r'), openSync('/dev/null', 'r')];
      for (const fd of pair) closeSync(fd);
      meddle.setSoftNofile(64);
      const [first, second] = pair;
      const start = (fileActions) => posixSpawn('/bin/true', ['true'], { fileActions })
        .then(async ({ exited }) => (await exited).code, ({ code, step, fd }) => [code, step, fd === first]);
      say([
        await start(new FileActions().addClose(63).addDup2(first, second)),
        await start(new FileActions().addClose(63).addDup2(1, second)),
      ]);`,
      { env: { FORKLESS_FLAT: 'never' } },
    );
    expect(result).to.deep.equal([['EBADF', 'dup2', true], 0]);
  });
});

describe('a child of the drop-in whose ids change', () => {
  before(function () {
    if (process.getuid?.() !== 0) this.skip();
  });

  it('never runs in the memory of its parent', async () => {
    const result = await runNodeForValue(`
      import { once } from 'node:events';
      import { features } from 'forkless';
      import { spawn, spawnSync } from 'forkless/child_process';
      const rungs = () => ({ ...features().rungs });
      spawnSync('/bin/true');
      const counts = [];
      for (const ids of [{ uid: 65534 }, { gid: 65534 }, { uid: 65534, gid: 65534 }, { uid: 0 }, { groups: [1] }]) {
        const before = rungs();
        spawnSync('/bin/true', ids);
        await once(spawn('/bin/true', ids), 'close');
        const after = rungs();
        counts.push([1, 2, 3, 4].map((rung) => after[rung] - before[rung]));
      }
      say(counts);`);
    expect(result).to.deep.equal(Array(5).fill([0, 0, 0, 2]));
  });
});
