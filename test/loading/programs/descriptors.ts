import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  FileActions,
  features,
  getCloexec,
  openPipe,
  openSocketPair,
  posixSpawnSync,
  setCloexec,
} from 'forkless';
import type { Checks } from './checks.js';
import { close, openDescriptors, readAll } from './numbers.js';
import { ask, startShell } from './running.js';

const listOpen = 'for n in 0 1 2 3 4; do [ -e /proc/$$/fd/$n ] && echo $n; done;';

export const descriptors: Checks = {
  'file actions open, duplicate, close and change the directory, in order': () =>
    inFolder(async (folder) => {
      writeFileSync(join(folder, 'in'), 'read\n');
      const fileActions = new FileActions()
        .addChdir(folder)
        .addOpen(0, 'in', 'r')
        .addOpen(1, 'out', 'w')
        .addDup2(1, 2)
        .addDup2(1, 7)
        .addClose(7);
      const child = await startShell('cat; echo error >&2; pwd; [ -e /proc/$$/fd/7 ] || echo closed', {
        fileActions,
      });
      equal((await child.exited).code, 0);
      equal(readFileSync(join(folder, 'out'), 'utf8'), `read\nerror\n${folder}\nclosed\n`);
    }),

  'a file that the runtime has opened is what its number says': () =>
    inFolder(async (folder) => {
      const file = join(folder, 'out');
      const fd = openSync(file, 'w');
      await (await startShell('echo text', { fds: [0, fd, 2] })).exited;
      closeSync(fd);
      equal(readFileSync(file, 'utf8'), 'text\n');
    }),

  'input comes through a pipe': async () => {
    const [readEnd, writeEnd] = openPipe();
    const [readOutput, writeOutput] = openPipe();
    const writer = await startShell('echo first; echo second', { fds: [0, writeEnd, 2] });
    const sorter = await startShell('sort -r', { fds: [readEnd, writeOutput, 2] });
    for (const fd of [readEnd, writeEnd, writeOutput]) close(fd);
    equal(await readAll(readOutput), 'second\nfirst\n');
    await Promise.all([writer.exited, sorter.exited]);
  },

  'a socket pair carries output': async () => {
    const [ours, theirs] = openSocketPair();
    const child = await startShell('echo through a socket', { fds: [0, theirs, 2] });
    close(theirs);
    equal(await readAll(ours), 'through a socket\n');
    await child.exited;
  },

  'pipes are close-on-exec, until that is taken away': () => {
    const ends = openPipe();
    deepEqual(ends.map(getCloexec), [true, true]);
    setCloexec(ends[0], false);
    deepEqual(ends.map(getCloexec), [false, true]);
    ends.forEach(close);
  },

  'nothing of the runtime’s own goes to a program': async () => {
    equal((await ask(listOpen)).output, '0\n1\n2\n');
  },

  'what is not close-on-exec goes along, unless cloexecDefault': async () => {
    const fd = openSync('/dev/null', 'r');
    setCloexec(fd, false);
    const list = `${listOpen} [ -e /proc/$$/fd/${fd} ] && echo passed; :`;
    const fileActions = new FileActions().addDup2(1, 3);
    equal((await ask(list, { fileActions })).output, '0\n1\n2\n3\npassed\n');
    equal((await ask(list, { fileActions, cloexecDefault: true })).output, '0\n1\n2\n3\n');
    closeSync(fd);
  },

  'closefrom closes from there on': async () => {
    const fd = openSync('/dev/null', 'r');
    const fileActions = new FileActions().addDup2(fd, 3).addDup2(fd, 4).addClosefrom(4);
    equal((await ask(listOpen, { fileActions })).output, '0\n1\n2\n3\n');
    closeSync(fd);
  },

  'with 600 descriptors open none of them is copied': async () => {
    const open = Array.from({ length: 600 }, () => openSync('/dev/null', 'r'));
    const before = features().flat;
    const options = { cloexecDefault: true, fileActions: new FileActions().addOpen(1, '/dev/null', 'w') };
    for (let count = 0; count < 20; count++)
      equal((await (await startShell('exit 0', options)).exited).code, 0);
    for (const fd of open) closeSync(fd);
    ok(features().flat > before);
  },

  'a start that fails, or comes to its end, leaves no descriptor and no zombie': async () => {
    const round = async () => {
      await ask('echo text');
      await rejects(startShell('', { cwd: '/missing' }));
      await rejects(startShell('', { signal: AbortSignal.abort() }));
      await posixSpawnSync('/bin/true', ['true']).exited;
    };
    await round();
    const before = await settled();
    for (let count = 0; count < 25; count++) await round();
    deepEqual(await settled(), before);
  },
};

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'forkless-loading-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What a start uses, in the round of the loop after the last has been closed: the rest is the runtime's own business. */
async function settled(): Promise<unknown> {
  await new Promise((resolve) => setTimeout(resolve, 50));
  const targets = [...openDescriptors().values()].filter((target) => /^(?:pipe|anon_inode):/.test(target));
  const kinds = targets.map((target) => target.replace(/\d+/, '')).sort();
  return { kinds, children: readFileSync('/proc/thread-self/children', 'utf8') };
}
