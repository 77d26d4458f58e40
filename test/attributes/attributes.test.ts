import { mkdirSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { getPriority } from 'node:os';
import { basename, dirname } from 'node:path';
import { expect } from 'chai';
import type { PosixSpawnOptions, Process } from 'forkless';
import { FileActions, posixSpawn } from 'forkless';
import type { ProbeReport } from '../support/probe.js';
import { askProbe, bytesOf, probeArgv, probePath, textOf } from '../support/probe.js';
import { statusField } from '../support/proc.js';
import { doors, failureOf } from '../support/starts.js';
import { tempPath } from '../support/temp.js';

const SCHED_OTHER = 0;
const SCHED_FIFO = 1;
const SCHED_RR = 2;
const SCHED_BATCH = 3;
const SCHED_IDLE = 5;

const isRoot = process.geteuid?.() === 0;

function makeFolder(name: string | Buffer = 'folder'): Buffer {
  const path = Buffer.concat([Buffer.from(`${tempPath('')}`), Buffer.from(name)]);
  mkdirSync(path);
  return path;
}

for (const [name, start] of doors) {
  describe(`attributes of a child of ${name}`, () => {
    const ask = (options?: PosixSpawnOptions): Promise<ProbeReport> => askProbe(options, start);
    const fail = (options: PosixSpawnOptions) =>
      failureOf(() => start(probePath, probeArgv('exit', 0), options));

    it('are all inherited when none is given', async () => {
      const report = await ask();
      expect(report.ppid).to.equal(process.pid);
      expect(report.pgid).to.equal(Number(statusField('NSpgid').split('\t').at(-1)));
      expect(report.sid).to.equal(Number(statusField('NSsid').split('\t').at(-1)));
      expect(report.umask).to.equal(Number.parseInt(statusField('Umask'), 8));
      expect(textOf(report.cwd)).to.equal(process.cwd());
      expect([report.uid, report.euid, report.suid]).to.deep.equal(idsIn('Uid'));
      expect([report.gid, report.egid, report.sgid]).to.deep.equal(idsIn('Gid'));
      expect(report.nice).to.equal(getPriority());
      expect([report.schedPolicy, report.schedPriority]).to.deep.equal([SCHED_OTHER, 0]);
      // The child dies with its parent until exec: no longer.
      expect(report.pdeathsig).to.equal(0);
      expect(report.dumpable).to.equal(1);
    });

    it('have a new process group with pgroup: 0', async () => {
      const own = await ask();
      const report = await ask({ pgroup: 0 });
      expect(report.pgid).to.equal(report.pid);
      expect(report.sid).to.equal(own.sid);
    });

    it('have the process group of another child with its number', async () => {
      await withLeader(async (leader) => {
        const report = await ask({ pgroup: leader.pid });
        expect(report.pgid).to.equal(leader.pid);
        expect(report.pid).to.not.equal(leader.pid);
      });
    });

    it('cannot have a process group of another session', async () => {
      await withLeader(
        async (leader) => {
          expect(await fail({ pgroup: leader.pid })).to.include({
            code: 'EPERM',
            step: 'setpgid',
            syscall: 'setpgid',
          });
        },
        { setsid: true },
      );
    });

    it('have a new session with setsid, and none with setsid: false', async () => {
      const report = await ask({ setsid: true });
      expect([report.sid, report.pgid]).to.deep.equal([report.pid, report.pid]);
      expect((await ask({ setsid: false })).sid).to.equal((await ask()).sid);
    });

    it('cannot have a new session and a process group: its leader has one', async () => {
      for (const pgroup of [0, process.pid])
        expect(await fail({ setsid: true, pgroup })).to.include({
          code: 'EPERM',
          errno: -1,
          step: 'setpgid',
        });
    });

    for (const umask of [0, 0o027, 0o077, 0o377]) {
      it(`have the umask 0${umask.toString(8)}, and so have the files that the actions create`, async () => {
        const [created, later] = [tempPath(), tempPath()];
        const fileActions = new FileActions().addOpen(7, created, 'w').addOpen(8, later, 'wx', 0o1751);
        const report = await ask({ umask, fileActions });
        expect(report.umask).to.equal(umask);
        expect(statSync(created).mode & 0o7777).to.equal(0o666 & ~umask);
        expect(statSync(later).mode & 0o7777).to.equal(0o1751 & ~umask);
      });
    }

    it('create files under the umask of this process when none is given', async () => {
      const path = tempPath();
      await ask({ fileActions: new FileActions().addOpen(7, path, 'w') });
      expect(statSync(path).mode & 0o777).to.equal(0o666 & ~Number.parseInt(statusField('Umask'), 8));
    });

    const policies: readonly (readonly [PosixSpawnOptions, policy: number, priority: number])[] = [
      [{ schedPolicy: 'SCHED_OTHER' }, SCHED_OTHER, 0],
      [{ schedPolicy: 'SCHED_BATCH' }, SCHED_BATCH, 0],
      [{ schedPolicy: 'SCHED_IDLE', schedPriority: 0 }, SCHED_IDLE, 0],
      [{ schedPolicy: SCHED_BATCH, schedPriority: 0 }, SCHED_BATCH, 0],
      [{ schedPriority: 0 }, SCHED_OTHER, 0],
    ];
    const privileged: typeof policies = [
      [{ schedPolicy: 'SCHED_FIFO', schedPriority: 1 }, SCHED_FIFO, 1],
      [{ schedPolicy: 'SCHED_FIFO', schedPriority: 99 }, SCHED_FIFO, 99],
      [{ schedPolicy: 'SCHED_RR', schedPriority: 10 }, SCHED_RR, 10],
    ];
    for (const [options, policy, priority] of [...policies, ...(isRoot ? privileged : [])]) {
      it(`have the scheduling of ${JSON.stringify(options)}`, async () => {
        const report = await ask(options);
        expect([report.schedPolicy, report.schedPriority]).to.deep.equal([policy, priority]);
        expect(await ask()).to.include({ schedPolicy: SCHED_OTHER, schedPriority: 0 });
      });
    }

    const unfit: readonly PosixSpawnOptions[] = [
      { schedPolicy: 'SCHED_FIFO' },
      { schedPolicy: 'SCHED_FIFO', schedPriority: 0 },
      { schedPolicy: 'SCHED_OTHER', schedPriority: 5 },
      { schedPolicy: 'SCHED_BATCH', schedPriority: 1 },
      { schedPolicy: 4711 },
    ];
    for (const options of unfit) {
      it(`cannot have the scheduling of ${JSON.stringify(options)}`, async () => {
        expect(await fail(options)).to.include({
          code: 'EINVAL',
          step: 'setscheduler',
          syscall: 'sched_setscheduler',
        });
      });
    }

    it('cannot have a priority alone that their inherited policy does not know', async () => {
      expect(await fail({ schedPriority: 5 })).to.include({
        code: 'EINVAL',
        step: 'setparam',
        syscall: 'sched_setparam',
      });
    });

    it('have the working directory cwd: absolute, relative, or bytes that are no UTF-8', async () => {
      const folder = realpathSync(makeFolder());
      expect(textOf((await ask({ cwd: folder })).cwd)).to.equal(folder);
      expect(textOf((await ask({ cwd: '..' })).cwd)).to.equal(dirname(process.cwd()));
      const odd = realpathSync.native(makeFolder(Buffer.from([0xff, 0xc0, 0x20])), { encoding: 'buffer' });
      expect(bytesOf((await ask({ cwd: odd })).cwd)).to.deep.equal(odd);
      expect(process.cwd()).to.equal(readlinkSync('/proc/self/cwd'));
    });

    it('have their cwd before the file actions open anything, and a relative action from there', async () => {
      const folder = realpathSync(makeFolder());
      const inner = basename(tempPath());
      mkdirSync(`${folder}/${inner}`);
      const fileActions = new FileActions()
        .addOpen(7, 'outside', 'w')
        .addChdir(inner)
        .addOpen(8, 'inside', 'w');
      const report = await ask({ cwd: folder, fileActions });
      expect(textOf(report.cwd)).to.equal(`${folder}/${inner}`);
      const targets = report.fds.filter(({ fd }) => fd === 7 || fd === 8).map(({ target }) => textOf(target));
      expect(targets).to.deep.equal([`${folder}/outside`, `${folder}/${inner}/inside`]);
    });

    it('can all be given together', async () => {
      const cwd = realpathSync(makeFolder());
      const report = await ask({
        setsid: true,
        umask: 0o31,
        schedPolicy: 'SCHED_BATCH',
        cwd,
        resetIds: true,
        sigmask: ['SIGHUP'],
      });
      expect(report).to.include({ sid: report.pid, pgid: report.pid, umask: 0o31, schedPolicy: SCHED_BATCH });
      expect(textOf(report.cwd)).to.equal(cwd);
      expect(report.sigBlk).to.equal('0000000000000001');
    });
  });
}

/** With a child that leads a process group, or a session. */
async function withLeader(
  use: (leader: Process) => Promise<void>,
  options: PosixSpawnOptions = { pgroup: 0 },
): Promise<void> {
  const leader = await posixSpawn(probePath, probeArgv('block'), options);
  try {
    await use(leader);
  } finally {
    leader.kill('SIGKILL');
    await leader.exited;
  }
}

/** Real, effective, saved. */
function idsIn(field: 'Uid' | 'Gid'): number[] {
  return statusField(field).split('\t').slice(0, 3).map(Number);
}
