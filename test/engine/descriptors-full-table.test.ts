import { expect } from 'chai';
import type { PosixSpawnOptions } from 'forkless';
import { runProgram } from '../support/program.js';
import type { ActionCall, FullTable } from './programs/descriptors-full.js';
import type { Outcome } from './tight-table.js';

// In a process of its own: all numbers below 64 are open on /dev/full, but for 40, 41 and 42. The start takes 40 and 41
// for the report pipe and 42 for the pidfd; the child closes 40 first and never has the other, so it runs with the
// report on 41, and with 40 and 42 free.
const LIMIT = 64;
const FREE = [40, 41, 42];
const READ_END = 40;
const REPORT = 41;
const PIDFD = 42;
const LAST = LIMIT - 1;

interface Case {
  readonly title: string;
  readonly actions?: readonly ActionCall[];
  readonly options?: PosixSpawnOptions;
  readonly expected: Outcome;
  /** The program is missing. */
  readonly missing?: boolean;
}

const MISSING: Outcome = { code: 'ENOENT', step: 'execve' };
/** Fills the child's table: 63 is named, above which nothing is, so that the report stays where it is. */
const FILL: readonly ActionCall[] = [
  ['addInherit', LAST],
  ['addDup2', LAST, READ_END],
  ['addDup2', LAST, PIDFD],
];

const fullTable: readonly Case[] = [
  { title: 'starts a program', expected: { code: 'ok', table: [] }, options: { cloexecDefault: true } },
  { title: 'tells that a program is missing', missing: true, expected: MISSING },
  {
    title: 'fails as step report-pipe where no number above the named ones is free',
    actions: [['addInherit', 50]],
    expected: { code: 'EMFILE', step: 'report-pipe' },
  },
  {
    title: 'leaves the report where it is when the highest number of all is named',
    actions: [['addInherit', LAST]],
    missing: true,
    expected: MISSING,
  },
  {
    title: 'moves the report when a dup2 wants its number, to one that is free',
    actions: [
      ['addInherit', LAST],
      ['addDup2', LAST, REPORT],
    ],
    expected: { code: 'ok', table: [REPORT, LAST] },
    options: { cloexecDefault: true },
  },
  {
    title: 'moves the report once more when its new number is named',
    actions: [
      ['addInherit', LAST],
      ['addDup2', LAST, REPORT],
      ['addDup2', LAST, READ_END],
    ],
    missing: true,
    expected: MISSING,
  },
  {
    title: 'fails as step report-pipe of that action where it can move nowhere',
    actions: [...FILL, ['addDup2', LAST, REPORT]],
    expected: { code: 'EMFILE', step: 'report-pipe', actionIndex: 3, fd: LAST },
  },
  {
    title: 'fails as step report-pipe of an open where it can move nowhere',
    actions: [...FILL, ['addOpen', REPORT, '/dev/null', 'r']],
    expected: { code: 'EMFILE', step: 'report-pipe', actionIndex: 3, fd: REPORT },
  },
  {
    title: 'opens onto an open number although no other is free, and inheritable',
    actions: [...FILL, ['addOpen', LAST, '/dev/null', 'r'], ['addOpen', 20, '/dev/zero', 'r']],
    expected: { code: 'ok', table: ['20 /dev/zero', READ_END, PIDFD, `${LAST} /dev/null`] },
  },
  {
    title: 'closes what an open is to replace before it opens, with a missing program',
    actions: [...FILL, ['addOpen', LAST, '/dev/null', 'r']],
    missing: true,
    expected: MISSING,
  },
  {
    title: 'has no source at the number of the report',
    actions: [
      ['addInherit', LAST],
      ['addDup2', REPORT, 1],
    ],
    expected: { code: 'EBADF', step: 'dup2', actionIndex: 1, fd: REPORT },
  },
  {
    title: 'has nothing to inherit at the number of the report',
    actions: [
      ['addInherit', LAST],
      ['addInherit', REPORT],
    ],
    expected: { code: 'EBADF', step: 'inherit', actionIndex: 1, fd: REPORT },
  },
  {
    title: 'has no dup2 of the report onto itself',
    actions: [
      ['addInherit', LAST],
      ['addDup2', REPORT, REPORT],
    ],
    expected: { code: 'EBADF', step: 'dup2', actionIndex: 1, fd: REPORT },
  },
  {
    title: 'has no directory at the number of the report',
    actions: [
      ['addInherit', LAST],
      ['addFchdir', REPORT],
    ],
    expected: { code: 'EBADF', step: 'fchdir', actionIndex: 1, fd: REPORT },
  },
  {
    title: 'has no terminal at the number of the report',
    actions: [
      ['addInherit', LAST],
      ['addTcsetpgrp', REPORT],
    ],
    expected: { code: 'EBADF', step: 'tcsetpgrp', actionIndex: 1, fd: REPORT },
  },
  {
    title: 'has no source where the report has moved to',
    actions: [
      ['addInherit', LAST],
      ['addDup2', LAST, REPORT],
      ['addDup2', READ_END, 1],
    ],
    expected: { code: 'EBADF', step: 'dup2', actionIndex: 2, fd: READ_END },
  },
  {
    title: 'has no source at the number of the pipe’s read end',
    actions: [
      ['addInherit', LAST],
      ['addDup2', READ_END, 1],
    ],
    expected: { code: 'EBADF', step: 'dup2', actionIndex: 1, fd: READ_END },
  },
  {
    title: 'has no source at the number of the pidfd',
    actions: [
      ['addInherit', LAST],
      ['addDup2', PIDFD, 1],
    ],
    expected: { code: 'EBADF', step: 'dup2', actionIndex: 1, fd: PIDFD },
  },
  {
    title: 'keeps the report through its close and a closefrom',
    actions: [
      ['addInherit', LAST],
      ['addClose', REPORT],
      ['addClosefrom', 3],
    ],
    missing: true,
    expected: MISSING,
  },
  {
    title: 'sweeps around the report',
    actions: [['addInherit', LAST]],
    options: { cloexecDefault: true },
    missing: true,
    expected: MISSING,
  },
  {
    title: 'swaps by the one spare',
    options: { fds: [1, 0] },
    missing: true,
    expected: MISSING,
  },
  {
    title: 'gives up the spare with the swap',
    options: { fds: [1, 0] },
    actions: [['addDup2', READ_END, 1]],
    expected: { code: 'EBADF', step: 'dup2', actionIndex: 0, fd: READ_END },
  },
  {
    title: 'has no room for the spare where nothing is free: EMFILE of save',
    options: {
      fds: Array.from({ length: LIMIT }, (_, fd) =>
        fd === 0 ? 1 : fd === 1 ? 0 : fd === READ_END || fd === PIDFD ? 2 : fd === REPORT ? null : fd,
      ),
    },
    expected: { code: 'EMFILE', step: 'save', fd: 0 },
  },
];

const belowOpen: readonly Case[] = [
  { title: 'starts a program', options: { cloexecDefault: true }, expected: { code: 'ok', table: [] } },
  { title: 'tells that a program is missing', missing: true, expected: MISSING },
  {
    title: 'lets a descriptor above the limit survive',
    actions: [['addInherit', 150]],
    options: { cloexecDefault: true },
    expected: { code: 'ok', table: [150] },
  },
  {
    title: 'copies from above the limit, the number of the report included',
    actions: [
      ['addDup2', 150, REPORT],
      ['addDup2', 150, READ_END],
    ],
    options: { cloexecDefault: true },
    expected: { code: 'ok', table: [READ_END, REPORT] },
  },
  {
    title: 'tells that a program is missing after copies from above the limit',
    actions: [
      ['addDup2', 150, REPORT],
      ['addDup2', 150, READ_END],
    ],
    missing: true,
    expected: MISSING,
  },
  {
    title: 'cannot copy to above the limit',
    actions: [['addDup2', 0, 150]],
    expected: { code: 'EBADF', step: 'dup2', actionIndex: 0, fd: 0 },
  },
  {
    title: 'cannot swap with a number above the limit: the second half of the swap fails',
    options: {
      fds: Array.from({ length: LIMIT + 1 }, (_, fd) =>
        FREE.includes(fd) ? null : fd === LIMIT ? LAST : fd === LAST ? LIMIT : fd,
      ),
    },
    expected: { code: 'EBADF', step: 'restore', fd: LIMIT },
  },
  {
    title: 'cannot open above the limit',
    actions: [['addOpen', 150, '/dev/null', 'r']],
    expected: { code: 'EBADF', step: 'open', actionIndex: 0, fd: 150 },
  },
  {
    title: 'closes above the limit',
    actions: [
      ['addInherit', 150],
      ['addInherit', 151],
      ['addClose', 150],
    ],
    options: { cloexecDefault: true },
    expected: { code: 'ok', table: [151] },
  },
  {
    title: 'closes from above the limit on',
    actions: [
      ['addInherit', 150],
      ['addInherit', 160],
      ['addClosefrom', 155],
    ],
    expected: { code: 'ok', table: [150] },
  },
];

describe('with a full descriptor table', () => {
  table(fullTable, LIMIT, LIMIT);
});

describe('with a limit below the open descriptors', () => {
  table(belowOpen, 200, LIMIT);
});

function table(cases: readonly Case[], limit: number, softLimit: number): void {
  let outcomes: Outcome[];

  before(async () => {
    const parameters: FullTable = { limit, softLimit, free: FREE, cases };
    // a table that is full of what the caller opened, and of nothing else
    const options = { env: { FORKLESS_FLAT: 'never' } };
    outcomes = await runProgram(import.meta.url, 'descriptors-full', parameters, options);
  });

  for (const [index, { title, expected }] of cases.entries())
    it(title, () => expect(outcomes[index]).to.deep.equal(expected));
}

describe('with few free descriptors', () => {
  interface Start {
    door: string;
    free: number;
    outcome: Outcome;
    started: number;
    left: string[];
  }
  let starts: Start[];

  before(async () => {
    starts = await runProgram(import.meta.url, 'descriptors-few');
  });

  it('fails before any child runs with fewer than the three that a start needs, and leaves nothing behind', () => {
    const expected = ['posixSpawn', 'posixSpawnSync'].flatMap((door) => [
      { door, free: 0, outcome: { code: 'EMFILE', step: 'pipe' }, started: 0, left: [] },
      { door, free: 1, outcome: { code: 'EMFILE', step: 'pipe' }, started: 0, left: [] },
      { door, free: 2, outcome: { code: 'EMFILE', step: 'clone' }, started: 0, left: [] },
    ]);
    expect(starts.filter(({ free }) => free < 3)).to.deep.equal(expected);
  });

  it('succeeds with three to eight, and leaves nothing behind', () => {
    const good = starts.filter(({ free }) => free >= 3);
    expect(good).to.have.length(12);
    for (const { outcome, started, left } of good)
      expect({ outcome, started, left }).to.deep.equal({ outcome: { code: 'ok' }, started: 1, left: [] });
  });
});
