import { expect } from 'chai';
import { fdRun } from '../support/launchers.js';
import { runProgram } from '../support/program.js';

interface Seen {
  closed: number[];
  title: string;
  /** The numbers in the child and their targets, or the failed step. */
  result: string;
}

describe('a parent whose own 0–2 are closed', () => {
  let seen: Seen[];
  const standard = (fd: number) => `${fd} pipe`;

  before(async function () {
    this.timeout(60_000);
    seen = await runProgram(import.meta.url, 'standard-closed');
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

describe('descriptors that other code left inheritable', () => {
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
    const launcher = fdRun('20', '50-99');
    tables = await runProgram(import.meta.url, 'inheritable', {}, { launcher });
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
      const [before, after] = await runProgram<string[]>(import.meta.url, 'standard-flags', { door });
      expect(before).to.match(/^\d+,\d+,\d+$/);
      expect(after).to.equal(before);
    });
});
