import { closeSync, readlinkSync } from 'node:fs';
import { expect } from 'chai';
import type { PosixSpawnOptions } from 'forkless';
import { FileActions, openPipe } from 'forkless';
import { ptyRun } from '../support/launchers.js';
import { meddle } from '../support/meddle.js';
import type { ProbeReport } from '../support/probe.js';
import { askProbe, probeArgv, probePath } from '../support/probe.js';
import { runProgram } from '../support/program.js';
import { runNodeForValue } from '../support/run-node.js';
import { doors, failureOf } from '../support/starts.js';

const O_RDWR = 2;
const O_NOCTTY = 0o400;

for (const [name, start] of doors) {
  describe(`the terminal of a child of ${name}`, () => {
    const fail = (options: PosixSpawnOptions) =>
      failureOf(() => start(probePath, probeArgv('exit', 0), options));

    it('has its group in the foreground by addTcsetpgrp, from the background too, without stopping', async () => {
      interface Answer {
        group: number;
        untouched: ProbeReport;
        reports: ProbeReport[];
        back: ProbeReport;
      }
      const { group, untouched, reports, back } = await runProgram<Answer>(
        import.meta.url,
        'terminal',
        { door: name },
        { launcher: ptyRun(), deadlineMs: 20_000 },
      );
      expect(untouched.tcpgrp).to.equal(group);
      expect(untouched.pgid).to.equal(untouched.pid);
      for (const report of reports) {
        expect(report).to.include({ pgid: report.pid, tcpgrp: report.pid, sid: group });
        expect([report.sigPnd, report.shdPnd]).to.deep.equal(['0000000000000000', '0000000000000000']);
      }
      expect(new Set(reports.map(({ pid }) => pid)).size).to.equal(reports.length);
      expect(back).to.include({ pgid: group, tcpgrp: group });
    });

    it('is its own where it leads a session and opens one', async () => {
      await withPty(async (_terminal, path) => {
        const fileActions = new FileActions().addOpen(0, path, O_RDWR).addTcsetpgrp(0);
        const report = await askProbe({ setsid: true, fileActions }, start);
        expect(report).to.include({ sid: report.pid, pgid: report.pid, tcpgrp: report.pid });
      });
    });

    it('is not its own where it leads no session, or opens one with O_NOCTTY', async () => {
      await withPty(async (_terminal, path) => {
        const withoutSession = new FileActions().addOpen(0, path, O_RDWR).addTcsetpgrp(0);
        expect(await fail({ fileActions: withoutSession })).to.include({ code: 'ENOTTY', step: 'tcsetpgrp' });
        const noctty = new FileActions().addOpen(0, path, O_RDWR | O_NOCTTY).addTcsetpgrp(0);
        expect(await fail({ setsid: true, fileActions: noctty })).to.include({
          code: 'ENOTTY',
          errno: -25,
          syscall: 'ioctl',
          step: 'tcsetpgrp',
          actionIndex: 1,
          fd: 0,
        });
      });
    });

    it("cannot be another session's", async () => {
      await withPty(async (terminal) => {
        const fileActions = new FileActions().addTcsetpgrp(terminal);
        for (const options of [{}, { setsid: true }, { pgroup: 0 }]) {
          const error = await fail({ ...options, fileActions });
          expect(error.code).to.be.oneOf(['ENOTTY', 'EPERM']);
          expect(error).to.include({ step: 'tcsetpgrp', syscall: 'ioctl', actionIndex: 0, fd: terminal });
        }
      });
    });

    it("cannot be its parent's any more once it leads a session of its own", async () => {
      const error = await runNodeForValue<object>(
        `import { ${name} as start, FileActions } from 'forkless';
         const options = { setsid: true, fileActions: new FileActions().addTcsetpgrp(0) };
         try { await start('/bin/true', ['true'], options); } catch (error) { say({ ...error }); }`,
        { launcher: ptyRun() },
      );
      expect(error).to.include({ code: 'ENOTTY', step: 'tcsetpgrp', actionIndex: 0, fd: 0 });
    });

    it('cannot be a pipe or a closed descriptor', async () => {
      const pipe = openPipe();
      try {
        const error = await fail({ fileActions: new FileActions().addTcsetpgrp(pipe[0]) });
        expect(error).to.include({ code: 'ENOTTY', step: 'tcsetpgrp', fd: pipe[0] });
      } finally {
        for (const fd of pipe) closeSync(fd);
      }
      const closed = await fail({ fileActions: new FileActions().addClose(77).addTcsetpgrp(77) });
      expect(closed).to.include({ code: 'EBADF', step: 'tcsetpgrp', actionIndex: 1, fd: 77 });
    });
  });
}

async function withPty(use: (terminal: number, path: string) => Promise<void>): Promise<void> {
  const [master, terminal] = meddle.openPty();
  try {
    await use(terminal, readlinkSync(`/proc/self/fd/${terminal}`));
  } finally {
    closeSync(terminal);
    closeSync(master);
  }
}
