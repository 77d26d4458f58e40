import { copyFileSync } from 'node:fs';
import { expect } from 'chai';
import { uidRun } from '../support/launchers.js';
import type { ProbeReport } from '../support/probe.js';
import { probePath } from '../support/probe.js';
import { runProgram } from '../support/program.js';
import { tempPath } from '../support/temp.js';

const NOBODY = 65534;

interface Answer {
  before: { threads: string[]; dumpable: number };
  after: object;
  rungs: Record<string, number>;
}

describe('1,000 children of all attributes', () => {
  it('leave the ids, masks and scheduling of every thread, dumpable, umask, cwd and limits of their parent', async () => {
    const { before, after } = await runProgram<Answer>(import.meta.url, 'all-attributes');
    expect(before.threads.length).to.be.greaterThan(3);
    expect(before.dumpable).to.equal(1);
    expect(after).to.deep.equal(before);
  });
});

describe('resetIds', () => {
  let program: string;

  before(function () {
    if (process.geteuid?.() !== 0) return this.skip(); // nobody else can have two users
    // Where those who may not look into the repository can run it too.
    program = tempPath('probe');
    copyFileSync(probePath, program);
  });

  function ask(options: object, real: number, effective: number, env = {}): Promise<ProbeReport[]> {
    const parameters = { scenario: 'reports', program, options };
    return runProgram(import.meta.url, 'reset-ids', parameters, { launcher: uidRun(real, effective), env });
  }

  const ids = ({ uid, euid, suid, gid, egid, sgid, groups }: ProbeReport) =>
    JSON.stringify([uid, euid, suid, gid, egid, sgid, groups]);
  const user = (real: number, effective: number) =>
    JSON.stringify([real, effective, effective, real, effective, effective, []]);

  it('gives up the effective user and group, and the saved ones, for the real ones', async () => {
    for (const report of await ask({ resetIds: true }, NOBODY, 0)) {
      expect(ids(report)).to.equal(user(NOBODY, NOBODY));
      expect(report.dumpable).to.equal(1);
    }
  });

  it('gives them up on each rung that is asked for', async () => {
    for (const rung of ['1', '2', '3', '4'])
      for (const report of await ask({ resetIds: true }, NOBODY, 0, { FORKLESS_RUNG: rung }))
        expect(ids(report)).to.equal(user(NOBODY, NOBODY));
  });

  it('leaves a child both users where it is absent or false, as POSIX has it', async () => {
    for (const options of [{}, { resetIds: false }])
      for (const report of await ask(options, NOBODY, 0)) expect(ids(report)).to.equal(user(NOBODY, 0));
  });

  it('changes nothing where both users are the same', async () => {
    for (const report of await ask({ resetIds: true }, 0, 0)) expect(ids(report)).to.equal(user(0, 0));
  });

  it('comes after the scheduler, which needs the privilege, and before the files are opened', async () => {
    const mine = tempPath('root-only');
    copyFileSync(probePath, mine);
    const options = { resetIds: true, schedPolicy: 'SCHED_FIFO', schedPriority: 7 };
    const answer = await runProgram<{ report: ProbeReport; error: object }>(
      import.meta.url,
      'reset-ids',
      { scenario: 'order', program, options, mine },
      { launcher: uidRun(NOBODY, 0) },
    );
    expect(answer.report).to.include({ euid: NOBODY, schedPolicy: 1, schedPriority: 7 });
    expect(answer.error).to.include({ code: 'EACCES', step: 'open', actionIndex: 0 });
  });

  it('leaves the parent as it is, dumpable too, after 300 children', async () => {
    const { before, after, rungs } = await runProgram<Answer>(
      import.meta.url,
      'parent-state',
      { options: { resetIds: true }, dumpable: 1 },
      { launcher: uidRun(NOBODY, 0) },
    );
    expect(before.dumpable).to.equal(1);
    expect(after).to.deep.equal(before);
    // On a copy of the memory: a change of ids clears dumpable for all who share it.
    expect(rungs).to.deep.equal({ 1: 0, 2: 0, 3: 0, 4: 300 });
  });
});
