import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { expect } from 'chai';
import type { Bytes } from 'forkless';
import { FileActions, posixSpawn } from 'forkless';
import { HIGH, inheritedTable, lowestFree, show, tableWith } from '../support/descriptor-table.js';
import { askProbe, probeArgv, probePath } from '../support/probe.js';
import { stuckChildren } from '../support/proc.js';
import { endOf, failureOf, makeFile } from '../support/starts.js';
import { makeFifo, tempPath } from '../support/temp.js';
import { until } from '../support/until.js';

const O_CLOEXEC = 0o2000000;
const actions = () => new FileActions();

describe('file actions', () => {
  let folder: string;
  /** Two folders with a file of one name in each, and a folder in the first. */
  let one: string;
  let other: string;

  before(() => {
    folder = tempPath('folder');
    mkdirSync(folder);
    folder = realpathSync(folder);
    one = `${folder}/one`;
    other = `${folder}/other`;
    for (const path of [one, other, `${one}/sub`]) mkdirSync(path);
    for (const path of [one, other, `${one}/sub`]) writeFileSync(`${path}/name`, path);
  });

  after(() => rmSync(folder, { recursive: true }));

  async function targets(fileActions: FileActions, cwd?: string): Promise<Record<number, string>> {
    return Object.fromEntries(await tableWith({ fileActions, cwd, cloexecDefault: true }));
  }

  describe('run in the order in which they were added:', () => {
    it('an open, then a dup2, then a close', async () => {
      const fileActions = actions().addOpen(5, `${one}/name`, 'r').addDup2(5, 6).addDup2(6, 0).addClose(5);
      expect(await targets(fileActions)).to.deep.equal({ 0: `${one}/name`, 6: `${one}/name` });
    });

    it('a dup2 before the open takes what was there before', async () => {
      const before = actions().addOpen(5, `${one}/name`, 'r').addDup2(5, 6).addOpen(5, `${other}/name`, 'r');
      expect(await targets(before)).to.deep.equal({ 5: `${other}/name`, 6: `${one}/name` });
      const after = actions().addOpen(5, `${one}/name`, 'r').addOpen(5, `${other}/name`, 'r').addDup2(5, 6);
      expect(await targets(after)).to.deep.equal({ 5: `${other}/name`, 6: `${other}/name` });
    });

    it('a swap of two descriptors through a third works', async () => {
      const fileActions = actions()
        .addOpen(5, `${one}/name`, 'r')
        .addOpen(6, `${other}/name`, 'r')
        .addDup2(5, 7)
        .addDup2(6, 5)
        .addDup2(7, 6)
        .addClose(7);
      expect(await targets(fileActions)).to.deep.equal({ 5: `${other}/name`, 6: `${one}/name` });
    });

    it('an action finds the slots of fds settled', async () => {
      const fileActions = actions().addOpen(0, `${one}/name`, 'r').addDup2(1, 3);
      const fd = openSync(`${other}/name`, 'r');
      const table = await tableWith({ fds: [null, fd], fileActions, cloexecDefault: true });
      closeSync(fd);
      expect(Object.fromEntries(table)).to.deep.equal({
        0: `${one}/name`,
        1: `${other}/name`,
        3: `${other}/name`,
      });
    });
  });

  describe('addClose', () => {
    it('of a closed number is no error, twice neither', async () => {
      const table = await tableWith({ fileActions: actions().addClose(HIGH).addClose(1).addClose(1) });
      const expected = inheritedTable();
      expected.delete(1);
      expect(show(table)).to.equal(show(expected));
    });
  });

  describe('addDup2', () => {
    it('of a number onto itself clears close-on-exec', async () => {
      const fd = openSync(`${one}/name`, 'r'); // close-on-exec, as Node opens everything
      expect(await targets(actions().addDup2(fd, fd))).to.deep.equal({ [fd]: `${one}/name` });
      expect((await tableWith()).has(fd)).to.equal(false);
      closeSync(fd);
    });

    it('of a closed number onto itself is EBADF, with the action’s index', async () => {
      const fileActions = actions().addClose(3).addDup2(HIGH, HIGH);
      const error = await failureOf(() => posixSpawn(probePath, probeArgv('exit', 0), { fileActions }));
      expect(error).to.include({ code: 'EBADF', step: 'dup2', actionIndex: 1, fd: HIGH });
    });
  });

  describe('addInherit', () => {
    it('keeps a close-on-exec descriptor under its number', async () => {
      const fd = openSync(`${one}/name`, 'r');
      expect(await targets(actions().addInherit(fd))).to.deep.equal({ [fd]: `${one}/name` });
      closeSync(fd);
    });

    it('of a closed number is EBADF with its index, in each place of a list', async () => {
      const fd = openSync(`${one}/name`, 'r');
      for (const index of [0, 1, 5]) {
        const list = actions();
        for (let added = 0; added < index; added++) list.addInherit(fd);
        const error = await failureOf(() =>
          posixSpawn(probePath, probeArgv('exit', 0), { fileActions: list.addInherit(HIGH).addInherit(fd) }),
        );
        expect(error).to.include({
          code: 'EBADF',
          step: 'inherit',
          actionIndex: index,
          fd: HIGH,
          syscall: 'fcntl',
        });
      }
      closeSync(fd);
    });
  });

  describe('addOpen', () => {
    it('opens a descriptor that survives exec, whether or not the open lands on its number', async () => {
      const [lands = 0] = lowestFree(1);
      for (const fd of [lands, HIGH])
        expect(await targets(actions().addOpen(fd, `${one}/name`, 'r'))).to.deep.equal({
          [fd]: `${one}/name`,
        });
    });

    it('treats O_CLOEXEC alike, whether or not the open lands on its number', async () => {
      const [lands = 0] = lowestFree(1);
      for (const fd of [0, lands, HIGH]) {
        expect(await targets(actions().addOpen(fd, `${one}/name`, O_CLOEXEC))).to.deep.equal({});
        const copied = actions().addOpen(fd, `${one}/name`, O_CLOEXEC).addDup2(fd, 5);
        expect(await targets(copied)).to.deep.equal({ 5: `${one}/name` });
      }
    });

    it('replaces what is open there', async () => {
      const fd = openSync(`${one}/name`, 'r');
      expect(await targets(actions().addOpen(fd, `${other}/name`, 'r'))).to.deep.equal({
        [fd]: `${other}/name`,
      });
      closeSync(fd);
    });

    it('creates with the mode, less the umask', async () => {
      const cases: [mode: number | undefined, umask: number | undefined, permissions: number][] = [
        [undefined, 0o022, 0o644],
        [undefined, 0, 0o666],
        [0o751, 0, 0o751],
        [0o777, 0o077, 0o700],
        [0o640, 0o777, 0],
        [0o1640, 0o002, 0o1640],
        [0o666, undefined, 0o666 & ~process.umask()],
      ];
      for (const [mode, umask, permissions] of cases) {
        const path = tempPath('created');
        const fileActions = actions().addOpen(1, path, 'w', mode);
        expect(
          await endOf(() => posixSpawn(probePath, probeArgv('exit', 0), { fileActions, umask })),
        ).to.include({
          code: 0,
        });
        expect(statSync(path).mode & 0o7777).to.equal(permissions);
        rmSync(path);
      }
    });

    it('appends, truncates and refuses as its flags say', async () => {
      const path = makeFile('old ', 0o644, tempPath('file'));
      const write = (flags: 'a' | 'w' | 'wx' | number) =>
        posixSpawn(probePath, probeArgv('write-fd', 4, 'new '), {
          fileActions: actions().addOpen(4, path, flags),
        });
      await endOf(() => write('a'));
      expect(readFileSync(path, 'utf8')).to.equal('old new ');
      expect(await failureOf(() => write('wx'))).to.include({
        code: 'EEXIST',
        step: 'open',
        actionIndex: 0,
        path,
      });
      await endOf(() => write('w'));
      expect(readFileSync(path, 'utf8')).to.equal('new ');
      await endOf(() => write(constants.O_WRONLY | constants.O_CREAT));
      expect(readFileSync(path, 'utf8')).to.equal('new ');
      rmSync(path);
    });

    it('opens with the flags that were asked for, and no others', async () => {
      const flags = constants.O_RDWR | constants.O_APPEND | constants.O_NONBLOCK;
      const { fds } = await askProbe({
        cloexecDefault: true,
        fileActions: actions().addOpen(3, `${one}/name`, flags),
      });
      const set = fds[0]?.flags ?? 0;
      expect(set & (3 | constants.O_APPEND | constants.O_NONBLOCK | constants.O_SYNC)).to.equal(flags);
    });
  });

  describe('relative paths', () => {
    it('start from the child’s directory at that moment: cwd, addChdir, addFchdir', async () => {
      const directory = openSync(other, constants.O_RDONLY | constants.O_DIRECTORY);
      const fileActions = actions()
        .addOpen(3, 'name', 'r')
        .addChdir('sub')
        .addOpen(4, 'name', 'r')
        .addOpen(5, '../name', 'r')
        .addFchdir(directory)
        .addOpen(6, 'name', 'r')
        .addChdir('../one')
        .addOpen(7, 'name', 'r');
      const report = await askProbe({ cwd: one, fileActions, cloexecDefault: true });
      closeSync(directory);
      expect(Object.fromEntries(report.fds.map(({ fd, target }) => [fd, target]))).to.deep.equal({
        3: `${one}/name`,
        4: `${one}/sub/name`,
        5: `${one}/name`,
        6: `${other}/name`,
        7: `${one}/name`,
      });
      expect(report.cwd).to.equal(one);
    });

    it('of the program start from the last one', async () => {
      makeFile('#!/bin/sh\nexit 21\n', 0o755, `${one}/program`);
      makeFile('#!/bin/sh\nexit 22\n', 0o755, `${other}/program`);
      const run = (fileActions: FileActions) =>
        endOf(() => posixSpawn('./program', ['program'], { cwd: one, fileActions }));
      expect(await run(actions())).to.include({ code: 21 });
      expect(await run(actions().addChdir('../other'))).to.include({ code: 22 });
    });

    it('change nothing in this process', async () => {
      const before = process.cwd();
      await endOf(() =>
        posixSpawn(probePath, probeArgv('exit', 0), { cwd: '/', fileActions: actions().addChdir(one) }),
      );
      expect(process.cwd()).to.equal(before);
    });

    it('of a directory that was opened just before serve addFchdir', async () => {
      const fileActions = actions()
        .addOpen(9, 'sub', constants.O_RDONLY | O_CLOEXEC)
        .addFchdir(9);
      const report = await askProbe({ cwd: one, fileActions, cloexecDefault: true });
      expect([report.cwd, report.fds]).to.deep.equal([`${one}/sub`, []]);
    });
  });

  describe('addClosefrom', () => {
    it('closes from its number on what was opened before, and nothing after', async () => {
      const fileActions = actions()
        .addOpen(3, `${one}/name`, 'r')
        .addOpen(30, `${one}/name`, 'r')
        .addOpen(HIGH, `${one}/name`, 'r')
        .addClosefrom(4)
        .addOpen(31, `${other}/name`, 'r');
      const table = await tableWith({ fileActions });
      expect([...table.keys()]).to.deep.equal([0, 1, 2, 3, 31]);
    });

    it('of 0 leaves nothing', async () => {
      expect([...(await tableWith({ fileActions: actions().addClosefrom(0) })).keys()]).to.deep.equal([]);
    });

    it('makes every number from its own on a closed one', async () => {
      const fd = openSync(`${one}/name`, 'r');
      const fileActions = actions().addClosefrom(3).addInherit(fd);
      const error = await failureOf(() => posixSpawn(probePath, probeArgv('exit', 0), { fileActions }));
      expect(error).to.include({ code: 'EBADF', step: 'inherit', actionIndex: 1, fd });
      closeSync(fd);
    });
  });

  describe('0–2', () => {
    it('survive, although Node has marked them close-on-exec', async () => {
      const table = await tableWith();
      expect([table.get(0), table.get(1), table.get(2)]).not.to.include(undefined);
      expect(show(table)).to.equal(show(inheritedTable()));
    });
  });

  describe('one FileActions', () => {
    it('serves several starts', async () => {
      const fileActions = actions().addOpen(0, `${one}/name`, 'r').addClose(1);
      const expected = { 0: `${one}/name` };
      expect(await targets(fileActions)).to.deep.equal(expected);
      expect(await targets(fileActions)).to.deep.equal(expected);
      await Promise.all(
        Array.from({ length: 8 }, async () => expect(await targets(fileActions)).to.deep.equal(expected)),
      );
      expect(await targets(fileActions.addOpen(4, `${other}/name`, 'r'))).to.deep.equal({
        ...expected,
        4: `${other}/name`,
      });
    });

    it('is copied by a start: what is added while it waits changes nothing', async () => {
      const fifo = makeFifo();
      const report = tempPath('report');
      const path = Buffer.from(`${one}/name`);
      const argv: Bytes[] = [...probeArgv('report-to'), Buffer.from(report), 'kept'];
      const env: Bytes[] = ['A=1'];
      const fds = [null, null, null];
      const fileActions = actions().addOpen(5, fifo, 'r').addOpen(6, path, 'r').addClose(5);
      path.fill('x'); // the name was copied when it was added
      const started = posixSpawn(probePath, argv, { fileActions, fds, env, cloexecDefault: true });
      await until('the child waits in the open', () => stuckChildren().length === 1);

      fileActions.addOpen(7, '/dev/null', 'r').addClose(6).addChdir('/nonexistent');
      argv.splice(2, 2, 'changed');
      env[0] = 'B=2';
      fds.fill(null);
      const writer = openSync(fifo, constants.O_RDWR);
      const { code } = await (await started).exited;
      closeSync(writer);

      expect(code).to.equal(0);
      const seen = JSON.parse(readFileSync(report, 'latin1'));
      expect(seen.fds.map(({ fd, target }: { fd: number; target: string }) => [fd, target])).to.deep.equal([
        [6, `${one}/name`],
      ]);
      expect([seen.argv.at(-1), seen.env]).to.deep.equal(['kept', ['A=1']]);
    });

    it('is empty at first, and returns itself from every add', async () => {
      const list = actions();
      expect(show(await tableWith({ fileActions: list }))).to.equal(show(inheritedTable()));
      const added = [
        list.addOpen(0, '/', 'r'),
        list.addDup2(0, 1),
        list.addClose(0),
        list.addChdir('/'),
        list.addFchdir(0),
        list.addClosefrom(0),
        list.addInherit(0),
        list.addTcsetpgrp(0),
      ];
      expect(added.every((result) => result === list)).to.equal(true);
    });

    it('can be frozen: it is what a start reads that grows', async () => {
      const list = actions();
      Object.freeze(list);
      list.addOpen(0, `${one}/name`, 'r');
      expect(await targets(list)).to.deep.equal({ 0: `${one}/name` });
    });
  });
});
