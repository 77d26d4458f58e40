import { copyFileSync } from 'node:fs';
import { expect } from 'chai';
import { uidRun } from '../support/launchers.js';
import type { ProbeReport } from '../support/probe.js';
import { probePath } from '../support/probe.js';
import { state } from '../support/process-state.js';
import { runNodeForValue } from '../support/run-node.js';
import { tempPath } from '../support/temp.js';

const NOBODY = 65534;

interface Answer {
  before: { threads: string[]; dumpable: number };
  after: object;
  rungs: Record<string, number>;
}

describe('1,000 children of all attributes', () => {
  it('leave the ids, masks and scheduling of every thread, dumpable, umask, cwd and limits of their parent', async () => {
    const { before, after } = await runNodeForValue<Answer>(`${state}
      import { FileActions, posixSpawn, posixSpawnSync } from 'forkless';
      import { Worker } from 'node:worker_threads';
      const run = async (start, options) => (await start('/bin/true', ['true'], options)).exited;
      const kinds = [{ setsid: true, umask: 0o077, cwd: '/' }, { pgroup: 0, sigdefault: 'all', sigmask: ['SIGHUP'] },
        { schedPolicy: 'SCHED_IDLE' }, { fileActions: new FileActions().addChdir('/tmp').addClosefrom(3) }, { cloexecDefault: true },
        { cwd: '/no/such' }];
      await run(posixSpawn, {});
      const worker = new Worker('setInterval(() => {}, 1000)', { eval: true });
      await new Promise((resolve) => worker.once('online', resolve));
      const before = state();
      for (let i = 0; i < 1000; i++)
        await run(i % 4 === 0 ? posixSpawnSync : posixSpawn, kinds[i % kinds.length]).catch(() => {});
      say({ before, after: state() });
      await worker.terminate();`);
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

  async function ask(options: string, real: number, effective: number, env = {}): Promise<ProbeReport[]> {
    return runNodeForValue(
      `import { posixSpawn, posixSpawnSync } from 'forkless';
       const reports = [];
       for (const start of [posixSpawn, posixSpawnSync])
         reports.push(await askProbe(${options}, (path, argv, options) => start(${JSON.stringify(program)}, argv, options)));
       say(reports);`,
      { launcher: uidRun(real, effective), env },
    );
  }

  const ids = ({ uid, euid, suid, gid, egid, sgid, groups }: ProbeReport) =>
    JSON.stringify([uid, euid, suid, gid, egid, sgid, groups]);
  const user = (real: number, effective: number) =>
    JSON.stringify([real, effective, effective, real, effective, effective, []]);

  it('gives up the effective user and group, and the saved ones, for the real ones', async () => {
    for (const report of await ask('{ resetIds: true }', NOBODY, 0)) {
      expect(ids(report)).to.equal(user(NOBODY, NOBODY));
      expect(report.dumpable).to.equal(1);
    }
  });

  it('does so whatever rung is asked for', async () => {
    for (const rung of ['1', '2', '3', '4'])
      for (const report of await ask('{ resetIds: true }', NOBODY, 0, { FORKLESS_RUNG: rung }))
        expect(ids(report)).to.equal(user(NOBODY, NOBODY));
  });

  it('is what a child with two users is without: POSIX changes nothing by itself', async () => {
    for (const options of ['{}', '{ resetIds: false }'])
      for (const report of await ask(options, NOBODY, 0)) expect(ids(report)).to.equal(user(NOBODY, 0));
  });

  it('changes nothing where both users are the same', async () => {
    for (const report of await ask('{ resetIds: true }', 0, 0)) expect(ids(report)).to.equal(user(0, 0));
  });

  it('comes after the scheduler, which needs the privilege, and before the files are opened', async () => {
    const mine = tempPath('root-only');
    copyFileSync(probePath, mine);
    const answer = await runNodeForValue<{ report: ProbeReport; error: object }>(
      `import { FileActions, posixSpawn } from 'forkless';
       import { chmodSync } from 'node:fs';
       chmodSync(${JSON.stringify(mine)}, 0o600);
       const fileActions = new FileActions().addOpen(7, ${JSON.stringify(mine)}, 'r');
       const options = { resetIds: true, schedPolicy: 'SCHED_FIFO', schedPriority: 7 };
       const report = await askProbe(options, (path, argv, options) => posixSpawn(${JSON.stringify(program)}, argv, options));
       const error = await posixSpawn('/bin/true', ['true'], { ...options, fileActions }).then(() => ({}), (error) => ({ ...error }));
       say({ report, error });`,
      { launcher: uidRun(NOBODY, 0) },
    );
    expect(answer.report).to.include({ euid: NOBODY, schedPolicy: 1, schedPriority: 7 });
    expect(answer.error).to.include({ code: 'EACCES', step: 'open', actionIndex: 0 });
  });

  it('leaves the parent as it is, dumpable too, after 300 children', async () => {
    const { before, after, rungs } = await runNodeForValue<Answer>(
      `${state}
      import { features, posixSpawn, posixSpawnSync } from 'forkless';
      const run = async (start) => (await start('/bin/true', ['true'], { resetIds: true })).exited;
      meddle.setDumpable(1);
      await run(posixSpawn);
      const before = state();
      for (let i = 0; i < 299; i++) await run(i % 2 ? posixSpawnSync : posixSpawn);
      say({ before, after: state(), rungs: features().rungs });`,
      { launcher: uidRun(NOBODY, 0) },
    );
    expect(before.dumpable).to.equal(1);
    expect(after).to.deep.equal(before);
    // On a copy of the memory: a change of ids clears dumpable for all who share it.
    expect(rungs).to.deep.equal({ 1: 0, 2: 0, 3: 0, 4: 300 });
  });
});
