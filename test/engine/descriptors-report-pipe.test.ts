import { closeSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { FileActions, openPipe, posixSpawnSync } from 'forkless';
import type { Table } from '../support/descriptor-table.js';
import { HIGH, inheritedTable, lowestFree, show, tableWith } from '../support/descriptor-table.js';
import { openDescriptors } from '../support/proc.js';
import { failureOf } from '../support/starts.js';

// The report pipe takes the lowest free numbers of the parent, and no file action may meet it there. Each number is
// tried, the pipe's own among them, which `lowestFree` tells: nothing opens a descriptor in between.
const [, report = 0] = lowestFree(2);
const numbers = Array.from({ length: report + 20 }, (_, fd) => fd);
const MISSING = '/nonexistent/program';

interface Action {
  readonly name: string;
  readonly add: (actions: FileActions, fd: number) => void;
  /** The step, and what it says of a number that is closed in the parent; none: it minds no closed number. */
  readonly closed?: readonly [step: string, code: string];
  /** What it makes of the child's table. */
  readonly apply?: (table: Table, fd: number, parent: Table) => void;
  /** Numbers that it cannot be tried on, because what they are open on in this process decides. */
  readonly onlyClosed?: boolean;
}

const actions: readonly Action[] = [
  {
    name: 'close',
    add: (list, fd) => list.addClose(fd),
    apply: (table, fd) => table.delete(fd),
  },
  {
    name: 'open onto',
    add: (list, fd) => list.addOpen(fd, '/dev/full', 'r'),
    apply: (table, fd) => table.set(fd, '/dev/full'),
  },
  {
    name: 'dup2 onto',
    add: (list, fd) => list.addOpen(HIGH, '/dev/full', 'r').addDup2(HIGH, fd).addClose(HIGH),
    apply: (table, fd) => table.set(fd, '/dev/full'),
  },
  {
    name: 'closefrom',
    add: (list, fd) => list.addClosefrom(fd),
    apply: (table, fd) => {
      for (const open of table.keys()) if (open >= fd) table.delete(open);
    },
  },
  {
    name: 'inherit',
    add: (list, fd) => list.addInherit(fd),
    closed: ['inherit', 'EBADF'],
    apply: (table, fd, parent) => table.set(fd, parent.get(fd) ?? 'closed'),
  },
  { name: 'dup2 from', add: (list, fd) => list.addDup2(fd, HIGH), closed: ['dup2', 'EBADF'] },
  { name: 'dup2 onto itself', add: (list, fd) => list.addDup2(fd, fd), closed: ['dup2', 'EBADF'] },
  {
    name: 'fchdir',
    add: (list, fd) => list.addFchdir(fd),
    closed: ['fchdir', 'EBADF'],
    onlyClosed: true,
  },
  {
    name: 'tcsetpgrp',
    add: (list, fd) => list.addTcsetpgrp(fd),
    closed: ['tcsetpgrp', 'EBADF'],
    onlyClosed: true,
  },
];

describe('the report pipe', () => {
  it('stands on numbers that the tests below name', () => {
    const free = lowestFree(3);
    const pair = openPipe();
    for (const fd of pair) closeSync(fd);
    expect(pair).to.deep.equal(free.slice(0, 2));
    expect(numbers).to.include.members(free);
  });

  for (const action of actions) {
    describe(`where a file action is to ${action.name} any number from 0 to 60`, () => {
      it('still tells that the program is missing, or that the number is closed', async () => {
        const open = openDescriptors();
        for (const fd of numbers) {
          if (action.onlyClosed && open.has(fd)) continue;
          const { code, step, actionIndex } = await failureOf(() =>
            posixSpawnSync(MISSING, ['x'], { fileActions: listOf(action, fd) }),
          );
          const expected =
            action.closed && !open.has(fd)
              ? { code: action.closed[1], step: action.closed[0], actionIndex: 0 }
              : { code: 'ENOENT', step: 'execve', actionIndex: undefined };
          expect({ code, step, actionIndex }, `number ${fd}`).to.deep.equal(expected);
        }
      });

      const { apply } = action;
      if (apply === undefined) return;

      it('leaves no descriptor of its own in a good child', async () => {
        for (const fd of triable(action)) {
          const expected = inheritedTable();
          apply(expected, fd, openDescriptors());
          const table = await tableWith({ fileActions: listOf(action, fd) });
          expect(show(table), `number ${fd}`).to.equal(show(expected));
        }
      });

      it('leaves no descriptor of its own where only named descriptors survive', async () => {
        for (const fd of triable(action)) {
          const expected: Table = new Map();
          apply(expected, fd, openDescriptors());
          const table = await tableWith({ cloexecDefault: true, fileActions: listOf(action, fd) });
          expect(show(table), `number ${fd}`).to.equal(show(expected));
        }
      });
    });
  }

  it('is no source of the child, also after the caller has closed a number', async () => {
    for (const fd of numbers) {
      const fileActions = new FileActions().addOpen(fd, '/dev/null', 'r').addClose(fd).addDup2(fd, HIGH);
      const error = await failureOf(() => posixSpawnSync(MISSING, ['x'], { fileActions }));
      expect(error, `number ${fd}`).to.include({ code: 'EBADF', step: 'dup2', actionIndex: 2, fd });
    }
  });

  it('moves out of the way of all numbers at once', async () => {
    const fileActions = new FileActions();
    for (const fd of numbers) fileActions.addOpen(fd, '/dev/full', 'r');
    expect(await failureOf(() => posixSpawnSync(MISSING, ['x'], { fileActions }))).to.include({
      code: 'ENOENT',
    });
    const table = await tableWith({ cloexecDefault: true, fileActions });
    expect(show(table)).to.equal(show(new Map(numbers.map((fd) => [fd, '/dev/full']))));
  });

  it('is not met by a slot of fds: slots on one file and a missing program are ENOENT, and the file stays empty', async () => {
    const [readFd, writeFd] = openPipe();
    try {
      const fds = numbers.map(() => writeFd);
      const error = await failureOf(() => posixSpawnSync(MISSING, ['x'], { fds }));
      expect(error).to.include({ code: 'ENOENT', step: 'execve' });
    } finally {
      closeSync(writeFd);
    }
    expect(readFileSync(readFd, 'latin1')).to.equal('');
    closeSync(readFd);
  });

  it('refuses a target beyond every limit as that step’s EBADF', async () => {
    for (const fd of [0x7fffffff, 0x7ffffffe]) {
      const onto = new FileActions().addDup2(0, fd);
      const opened = new FileActions().addClose(0x7fffffff).addOpen(fd, '/dev/null', 'r');
      expect(await failureOf(() => posixSpawnSync(MISSING, ['x'], { fileActions: onto }))).to.include({
        code: 'EBADF',
        step: 'dup2',
        actionIndex: 0,
      });
      expect(await failureOf(() => posixSpawnSync(MISSING, ['x'], { fileActions: opened }))).to.include({
        code: 'EBADF',
        step: 'open',
        actionIndex: 1,
        fd,
      });
    }
  });
});

function listOf(action: Action, fd: number): FileActions {
  const list = new FileActions();
  action.add(list, fd);
  return list;
}

/** A closed number makes some actions fail: those are tried on the open ones. */
function triable(action: Action): number[] {
  const open = openDescriptors();
  return action.closed === undefined ? [...numbers] : numbers.filter((fd) => open.has(fd));
}
