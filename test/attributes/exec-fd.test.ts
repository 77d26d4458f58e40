import { closeSync, constants, copyFileSync, openSync, rmSync } from 'node:fs';
import { expect } from 'chai';
import type { PosixSpawnOptions } from 'forkless';
import { explain, explainSpawn, FileActions, openPipe, posixSpawnp } from 'forkless';
import { execFileSync } from 'forkless/child_process';
import type { ProbeReport } from '../support/probe.js';
import { askProbe, probeArgv, probePath } from '../support/probe.js';
import { runProgram } from '../support/program.js';
import { doors, failureOf, makeFile } from '../support/starts.js';
import { tempPath } from '../support/temp.js';
import { ways } from './ways.js';

const O_PATH = 0o10000000;

describe('execFd', () => {
  const open: number[] = [];
  /** Of this process, closed after the test. */
  function opened(path: string, flags: number = constants.O_RDONLY): number {
    const fd = openSync(path, flags);
    open.push(fd);
    return fd;
  }

  afterEach(() => {
    for (const fd of open.splice(0)) closeSync(fd);
  });

  const report = async (way: (typeof ways)[number][1], options: object, file = '/nonexistent/name') => {
    const answer = await way(file, probeArgv('report', 1).slice(1), options);
    return typeof answer === 'string' ? (JSON.parse(answer) as ProbeReport) : answer;
  };

  for (const [name, way] of ways) {
    it(`${name}: executes what the descriptor is open on, whatever the path says`, async () => {
      for (const flags of [constants.O_RDONLY, O_PATH])
        expect(await report(way, { execFd: opened(probePath, flags) })).to.include({
          exe: probePath,
          argv0: '/nonexistent/name',
        });
      // The deny-witness: the same without the descriptor.
      expect(await report(way, {})).to.include({ code: 'ENOENT', step: 'execve' });
    });

    it(`${name}: executes it also when its path is gone`, async () => {
      const path = tempPath('gone');
      copyFileSync(probePath, path);
      const execFd = opened(path);
      rmSync(path);
      expect(await report(way, { execFd })).to.include({ exe: `${path} (deleted)` });
    });

    it(`${name}: the program has no descriptor of it, unless it is inherited`, async () => {
      const fds = async (options: object) => {
        const told = (await report(way, options)) as ProbeReport;
        return told.fds.map(({ fd }) => fd).filter((fd) => fd > 2);
      };
      const execFd = opened(probePath);
      expect(await fds({ execFd })).to.deep.equal([]);
      if (name.startsWith('spawn'))
        expect(await fds({ execFd, inheritFds: [execFd] })).to.deep.equal([execFd]);
    });

    it(`${name}: is refused where it is closed, and by exec where it is no program`, async () => {
      expect(await report(way, { execFd: 0x7ffffffe })).to.include({ code: 'EBADF', step: 'exec-fd' });
      const closed = { code: 'EBADF', step: 'exec-fd', syscall: 'fcntl', fd: 99 };
      expect(await report(way, { execFd: 99 })).to.deep.equal(closed);
      const refused = { step: 'execve', syscall: 'execve', path: '/the/name' };
      const text = opened(makeFile('no program', 0o644));
      expect(await report(way, { execFd: text }, '/the/name')).to.deep.equal({ ...refused, code: 'EACCES' });
      const [pipe, other] = openPipe();
      open.push(pipe, other);
      expect(await report(way, { execFd: pipe }, '/the/name')).to.deep.equal({ ...refused, code: 'EACCES' });
    });

    it(`${name}: a script has no name by which its interpreter could open it, and no shell runs it`, async () => {
      const refused = { step: 'execve', syscall: 'execve', path: 'name' };
      const script = opened(makeFile('#!/bin/sh\necho ran\n'));
      expect(await report(way, { execFd: script }, 'name')).to.deep.equal({ ...refused, code: 'ENOENT' });
      const bare = opened(makeFile('echo ran\n'));
      expect(await report(way, { execFd: bare }, 'name')).to.deep.equal({ ...refused, code: 'ENOEXEC' });
    });

    it(`${name}: is executed from outside of a new root`, async function () {
      if (process.getuid?.() !== 0) return this.skip();
      const execFd = opened(probePath);
      const args = probeArgv('where', '/self/stat', '/proc/self/stat').slice(1);
      const inside = JSON.parse(String(await way('x', args, { execFd, chroot: '/proc' })));
      expect(inside).to.have.property('cwd', '/');
      expect(inside.files.map((text: unknown) => typeof text)).to.deep.equal(['string', 'object']);
      expect(await way(probePath, args, { chroot: '/proc' })).to.include({ code: 'ENOENT' });
    });
  }

  it('is read before fds and the actions put something else on its number', async () => {
    for (const [, start] of doors) {
      const execFd = opened(probePath);
      const other = opened('/dev/null');
      for (const options of [
        { fileActions: new FileActions().addDup2(other, execFd) },
        { fileActions: new FileActions().addClose(execFd) },
        { fileActions: new FileActions().addClosefrom(3) },
        { fileActions: new FileActions().addOpen(execFd, '/dev/null', 'r') },
        { fds: Array(execFd + 1).fill(other) },
        { cloexecDefault: true },
        { cloexecDefault: true, fds: [0, 1, 2], fileActions: new FileActions().addDup2(execFd, execFd + 40) },
      ]) {
        const told = await askProbe({ ...options, execFd }, (_path, argv, all) => start('x', argv, all));
        expect(told.exe).to.equal(probePath);
      }
    }
  });

  it('is not found in PATH', async () => {
    const child = await posixSpawnp('no-such-name', probeArgv('exit', 7), { execFd: opened(probePath) });
    expect(await child.exited).to.include({ code: 7 });
    const lines = explainSpawn('name', [], { execFd: 20 }).split('\n');
    expect(lines.filter((line) => line.includes('execve'))).to.have.length(1);
    expect(lines.find((line) => line.includes('execve'))).to.match(/execve "name"$/);
  });

  it('keeps the environment and the arguments', () => {
    const options = { execFd: opened('/bin/sh'), env: { A: 'b' }, argv0: 'me', encoding: 'utf8' } as const;
    expect(execFileSync('x', ['-c', 'echo $0 $A', 'me'], options)).to.equal('me b\n');
  });

  it('is the first step, before any descriptor is closed', () => {
    const options: PosixSpawnOptions = { execFd: 20, cloexecDefault: true, fds: [0, 1, 2] };
    expect(explain('/x', ['x'], options).split('\n').slice(0, 2)).to.deep.equal([
      '1. exec-fd 20',
      '2. sweep 3 to the last',
    ]);
  });

  it('needs a number above those of the plan', async () => {
    for (const [, start] of doors) {
      const fileActions = new FileActions().addClose(2 ** 31 - 1);
      const error = await failureOf(() => start('x', ['x'], { execFd: opened(probePath), fileActions }));
      expect(error).to.include({ code: 'EMFILE', step: 'exec-fd' });
    }
  });

  for (const env of [
    { FORKLESS_FLAT: 'always' },
    ...['2', '3', '4'].map((rung) => ({ FORKLESS_RUNG: rung })),
    {},
  ])
    for (const worker of [false, true])
      it(`is the same with ${JSON.stringify(env)}${worker ? ' in a Worker' : ''}`, async () => {
        const told = await runProgram<Record<string, unknown>>(
          import.meta.url,
          'exec-fd',
          { worker },
          { env },
        );
        for (const [name] of ways)
          expect(told[name], name).to.deep.equal({
            program: probePath,
            path: probePath,
            closed: { code: 'EBADF', step: 'exec-fd', syscall: 'fcntl', fd: 99 },
          });
      });
});
