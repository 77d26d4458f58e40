import { closeSync } from 'node:fs';
import { expect } from 'chai';
import type { PosixSpawnOptions } from 'forkless';
import { explain, FileActions, openPty, posixSpawn } from 'forkless';
import { ptyRun } from '../support/launchers.js';
import { askProbe } from '../support/probe.js';
import type { ProgramOptions } from '../support/program.js';
import { runProgram } from '../support/program.js';
import { doors, failureOf } from '../support/starts.js';
import type { Seen } from './programs/terminals.js';
import { ways } from './ways.js';

type Results = Readonly<Record<string, unknown>>;
interface Told {
  /** Of the new terminal. */
  readonly name: string;
  /** The device of the program's own. */
  readonly own: number;
  readonly results: Readonly<Record<string, Results>>;
}

const modes: readonly (readonly [title: string, options: ProgramOptions, worker: boolean])[] = [
  ['on the main thread', {}, false],
  // Node warns of descriptors that a Worker closes and fs has not opened; both outputs are one terminal
  ['in a Worker', { env: { NODE_NO_WARNINGS: '1' } }, true],
  ['in a shared descriptor table', { env: { FORKLESS_FLAT: 'always' } }, false],
  ...['2', '3', '4'].map((rung) => [`on rung ${rung}`, { env: { FORKLESS_RUNG: rung } }, false] as const),
];

const PTS = 136; // the major number of /dev/pts/0 to 255

for (const [title, options, worker] of modes)
  describe(`terminals of children, ${title}`, function () {
    this.timeout(60_000);
    let told: Told;

    before(async () => {
      told = await runProgram<Told>(
        import.meta.url,
        'terminals',
        { worker },
        { ...options, launcher: ptyRun(), deadlineMs: 60_000 },
      );
    });

    for (const [way] of ways) {
      const result = (name: string) => told.results[way]?.[name];
      const inSession = () => ({
        leadsSession: false,
        leadsGroup: false,
        isForeground: true,
        device: told.own,
      });

      it(`${way}: ctty is the terminal of the new session, and without it there is none`, () => {
        const number = Number(told.name.replace('/dev/pts/', ''));
        expect(result('ctty')).to.deep.equal({
          terminal: told.name,
          leadsSession: true,
          leadsGroup: true,
          // as /proc has it: the low eight bits of the minor number, the major number, the others
          device: (number & 0xff) | ((PTS + (number >> 8)) << 8),
          isForeground: true,
          canOpen: true,
        } satisfies Seen);
        expect(result('setsid alone')).to.deep.equal({
          terminal: told.name,
          leadsSession: true,
          leadsGroup: true,
          device: 0,
          isForeground: false,
          canOpen: false,
        } satisfies Seen);
      });

      it(`${way}: ctty is refused where it is no terminal, closed, or another session's`, () => {
        const refused = { step: 'ctty', syscall: 'ioctl', fd: 0 };
        expect(result('ctty, a file')).to.deep.equal({ ...refused, code: 'ENOTTY' });
        expect(result('ctty, a closed number')).to.deep.equal({ ...refused, code: 'EBADF', fd: 77 });
        expect(result("ctty, another session's")).to.deep.equal({ ...refused, code: 'EPERM' });
      });

      it(`${way}: noctty gives up the terminal, not the session`, () => {
        expect(result('nothing')).to.include({ ...inSession(), canOpen: true });
        expect(result('noctty: false')).to.deep.equal(result('nothing'));
        const without = { leadsSession: false, leadsGroup: false, device: 0, canOpen: false };
        expect(result('noctty')).to.include(without);
        // Whatever is on 0: it is the session's terminal that is given up.
        expect(result('noctty, another terminal on 0')).to.include({ ...without, terminal: told.name });
      });

      it(`${way}: foreground puts a new group there, and a group alone does not`, () => {
        const seen = { leadsSession: false, leadsGroup: true, device: told.own, canOpen: true };
        const { answer, ...after } = result('foreground') as Record<string, object>;
        expect(answer).to.include({ ...seen, isForeground: true });
        expect(after).to.deep.equal({ changed: true, back: true });
        const alone = result('a group alone') as Record<string, object>;
        expect(alone['answer']).to.include({ ...seen, isForeground: false });
        expect(alone['changed']).to.equal(false);
      });

      it(`${way}: foreground is refused where it is not the controlling terminal`, () => {
        const refused = { step: 'tcsetpgrp', syscall: 'ioctl', fd: 0 };
        expect(result('foreground, another terminal')).to.deep.equal({ ...refused, code: 'ENOTTY' });
        expect(result('foreground, a file')).to.deep.equal({ ...refused, code: 'ENOTTY' });
        expect(result('foreground, a closed number')).to.deep.equal({ ...refused, code: 'EBADF', fd: 77 });
      });
    }
  });

describe('a parent without a terminal', () => {
  it('starts programs with noctty all the same', async () => {
    const options = { launcher: ['setsid', '--wait'] };
    const seen = await runProgram<Seen[]>(import.meta.url, 'terminals', { without: true }, options);
    expect(seen.map(({ device, canOpen }) => [device, canOpen])).to.deep.equal(ways.map(() => [0, false]));
  });
});

for (const [name, start] of doors)
  describe(`ctty and foreground of ${name}`, () => {
    it('are numbers of the child, after fds and the actions', async () => {
      const { master, slave } = openPty();
      try {
        // the number is not open here
        const options: PosixSpawnOptions = { setsid: true, ctty: 93, cloexecDefault: true };
        const fileActions = new FileActions().addDup2(slave, 93).addDup2(slave, 0);
        const report = await askProbe({ ...options, fileActions }, start);
        expect(report).to.include({ sid: report.pid, tcpgrp: report.pid });
        // the parent's number of the terminal, which the child has closed
        const closed = { ...options, ctty: slave, fileActions };
        expect(await failureOf(() => start('/bin/true', ['true'], closed))).to.include({
          code: 'EBADF',
          step: 'ctty',
          fd: slave,
        });
      } finally {
        for (const fd of [master, slave]) closeSync(fd);
      }
    });

    it('never take the report pipe for a terminal', async () => {
      for (let fd = 3; fd < 70; fd++) {
        const error = await failureOf(() =>
          start('/bin/true', ['true'], { setsid: true, ctty: fd, cloexecDefault: true }),
        );
        expect(error).to.include({ code: 'EBADF', step: 'ctty', fd });
      }
    });
  });

describe('the plan of a terminal', () => {
  const lines = (options: PosixSpawnOptions) => explain('/x', ['x'], options).split('\n');

  it('is after the descriptors, in a place of its own', () => {
    const options = { setsid: true, ctty: 0, fds: [5], rlimits: { nofile: 9 }, uid: 3, cloexecDefault: true };
    expect(
      lines(options)
        .slice(0, 9)
        .map((line) => line.trim()),
    ).to.deep.equal([
      '1. sweep 1 to 4',
      '2. sweep 6 to the last',
      '3. setsid',
      '4. dup2 5 to 0  (fds[0])',
      '5. close 5',
      '6. ctty 0',
      '7. own-memory',
      '8. rlimit nofile 9 9',
      '9. setgroups to none',
    ]);
  });

  it('has a new group for the foreground, or the one that is given', () => {
    expect(lines({ foreground: 2 })).to.include.members(['1. setpgid 0', '5. tcsetpgrp 2']);
    expect(lines({ foreground: 2, pgroup: 77 })[0]).to.equal('1. setpgid 77');
    expect(lines({ noctty: true })[3]).to.equal('4. noctty');
  });
});

describe('a session with a terminal', () => {
  it('ends with it: its leader gets SIGHUP when the master is closed', async () => {
    const { master, slave } = openPty();
    const child = await posixSpawn('/bin/sleep', ['sleep', '600'], { setsid: true, ctty: 0, fds: [slave] });
    for (const fd of [slave, master]) closeSync(fd);
    expect(await child.exited).to.include({ code: null, signal: 'SIGHUP' });
  });
});
