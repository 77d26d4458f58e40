import { expect } from 'chai';
import { fdRun } from '../support/launchers.js';
import { runNodeForValue } from '../support/run-node.js';

interface Seen {
  closed: number[];
  title: string;
  /** The numbers in the child and their targets, or the failed step. */
  result: string;
}

// In a process of its own, by turns with each of 0–2 closed in it. 60 keeps the real 1 for what the script says.
const SCRIPT = `
  import { closeSync, openSync } from 'node:fs';
  import { FileActions, posixSpawn, posixSpawnSync, setCloexec } from 'forkless';

  // What the caller of these tests left inheritable is no business of theirs.
  for (const fd of openDescriptors().keys()) if (fd > 2) setCloexec(fd, true);
  const table = (report) => report.fds.map(({ fd, target }) => fd + ' ' + target).join(', ');
  const actions = () => new FileActions();
  const full = openSync('/dev/full', 'r');
  const cases = {
    plain: {},
    'default-deny': { cloexecDefault: true },
    'open onto 0': { fileActions: actions().addOpen(0, '/dev/zero', 'r') },
    'open onto 2 and 1': { fileActions: actions().addOpen(2, '/dev/zero', 'r').addOpen(1, '/dev/zero', 'r') },
    'open with O_CLOEXEC': { fileActions: actions().addOpen(0, '/dev/zero', 0o2000000) },
    'dup2 onto all': { fileActions: actions().addDup2(full, 0).addDup2(full, 1).addDup2(full, 2) },
    'slots from outside': { fds: [full, full, full] },
    'slots closed': { fds: [null, null, null] },
    'slots in a chain': { fds: [full, null, full, full] },
    'close all': { fileActions: actions().addClose(0).addClose(1).addClose(2) },
    'inherit 1': { fileActions: actions().addInherit(1) },
    'missing program': { missing: true },
    'missing program and slots': { missing: true, fds: Array(24).fill(full) },
  };
  for (const fd of [0, 1, 2, full]) meddle.dup2(fd, 60 + Math.min(fd, 3)), setCloexec(60 + Math.min(fd, 3), true);

  const seen = [];
  for (let mask = 0; mask < 8; mask++) {
    const closed = [0, 1, 2].filter((fd) => (mask >> fd) & 1);
    for (const [title, { missing, ...options }] of Object.entries(cases))
      for (const start of [posixSpawn, posixSpawnSync]) {
        for (const fd of closed) closeSync(fd);
        let result;
        try {
          if (missing) await start('/nonexistent', ['x'], options);
          else result = table(await askProbe(options, start));
        } catch (error) {
          result = error.code + ' ' + error.step;
        }
        for (const fd of closed) meddle.dup2(60 + fd, fd);
        seen.push({ closed, title, result });
      }
  }
  say(seen);
`;

describe('a parent whose own 0–2 are closed', () => {
  let seen: Seen[];
  const standard = (fd: number) => `${fd} pipe`;

  before(async function () {
    this.timeout(60_000);
    seen = await runNodeForValue(SCRIPT);
  });

  const expectations: [title: string, tableOf: (open: readonly number[]) => string[]][] = [
    ['plain', (open) => open.map(standard)],
    ['default-deny', () => []],
    ['open onto 0', (open) => ['0 /dev/zero', ...open.filter((fd) => fd > 0).map(standard)]],
    [
      'open onto 2 and 1',
      (open) => [...open.filter((fd) => fd < 1).map(standard), '1 /dev/zero', '2 /dev/zero'],
    ],
    ['open with O_CLOEXEC', (open) => open.filter((fd) => fd > 0).map(standard)],
    ['dup2 onto all', () => ['0 /dev/full', '1 /dev/full', '2 /dev/full']],
    ['slots from outside', () => ['0 /dev/full', '1 /dev/full', '2 /dev/full']],
    ['slots closed', () => []],
    ['slots in a chain', () => ['0 /dev/full', '2 /dev/full', '3 /dev/full']],
    ['close all', () => []],
    ['inherit 1', (open) => (open.includes(1) ? open.map(standard) : ['EBADF inherit'])],
    ['missing program', () => ['ENOENT execve']],
    ['missing program and slots', () => ['ENOENT execve']],
  ];
  for (const [title, expected] of expectations)
    it(`gives the child what was asked: ${title}`, () => {
      const mine = seen.filter((one) => one.title === title);
      expect(mine).to.have.length(16);
      for (const { closed, result } of mine) {
        const open = [0, 1, 2].filter((fd) => !closed.includes(fd));
        expect(withoutInodes(result), `closed: ${closed}`).to.equal(expected(open).join(', '));
      }
    });
});

describe('descriptors that a careless neighbour left inheritable', () => {
  interface Tables {
    plain: number[];
    denied: number[];
    standard: number[];
    kept: number[];
    slots: number[];
    opened: number[];
  }
  let tables: Tables;

  before(async () => {
    const script = `
      import { FileActions, setCloexec } from 'forkless';
      for (const fd of openDescriptors().keys()) if (fd > 99) setCloexec(fd, true);
      const numbers = async (options) => (await askProbe(options)).fds.map(({ fd }) => fd);
      say({
        plain: await numbers(),
        denied: await numbers({ cloexecDefault: true }),
        standard: await numbers({ cloexecDefault: true, fds: [0, 1, 2] }),
        kept: await numbers({ cloexecDefault: true, fileActions: new FileActions().addInherit(20).addInherit(77) }),
        slots: await numbers({ cloexecDefault: true, fds: [20, 50, null, 99] }),
        opened: await numbers({ cloexecDefault: true, fileActions: new FileActions().addDup2(60, 5).addOpen(61, '/', 'r') }),
      });
    `;
    tables = await runNodeForValue(script, { launcher: fdRun('20', '50-99') });
  });

  it('are given on, as POSIX has it', () => {
    expect(tables.plain).to.deep.equal([
      0,
      1,
      2,
      20,
      ...Array.from({ length: 50 }, (_, index) => 50 + index),
    ]);
  });

  it('are all absent with cloexecDefault: the child has exactly what was named', () => {
    const { denied, standard, kept, slots, opened } = tables;
    expect({ denied, standard, kept, slots, opened }).to.deep.equal({
      denied: [],
      standard: [0, 1, 2],
      kept: [20, 77],
      slots: [0, 1, 3],
      opened: [5, 61],
    });
  });
});

/** The three are pipes of the test's, each another: their numbers are no news. */
function withoutInodes(result: string): string {
  return result.replace(/\b(?:pipe|socket):\[\d+\]/g, 'pipe');
}

// Node makes its own streams of them when they are asked for, and stdin does not wait then, in no process that has it.
describe('the standard descriptors of a program', () => {
  for (const door of ['forkless', 'forkless/child_process', 'forkless/register'])
    it(`are left as they are by an import of ${door}`, async () => {
      const [before, after] = await runNodeForValue<string[]>(
        `import { readFileSync, writeSync } from 'node:fs';
         const flags = () => [0, 1, 2].map((fd) => /flags:\\s*(\\d+)/.exec(readFileSync('/proc/self/fdinfo/' + fd))[1]).join();
         // Since Node 24 this module looks at stderr by itself.
         await import('node:util');
         const before = flags();
         await import('${door}');
         writeSync(1, JSON.stringify([before, flags()]));`,
        { bare: true },
      );
      expect(before).to.match(/^\d+,\d+,\d+$/);
      expect(after).to.equal(before);
    });
});
