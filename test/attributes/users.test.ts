import { copyFileSync } from 'node:fs';
import { expect } from 'chai';
import type { PosixSpawnOptions, SpawnError } from 'forkless';
import { explain, explainSpawn, posixSpawn, posixSpawnSync } from 'forkless';
import { uidRun } from '../support/launchers.js';
import type { ProbeReport } from '../support/probe.js';
import { askProbe, probePath } from '../support/probe.js';
import { runProgram } from '../support/program.js';
import { runNodeForValue } from '../support/run-node.js';
import { tempPath } from '../support/temp.js';

const NOBODY = 65534;

interface Answer {
  before: { threads: string[]; dumpable: number };
  after: object;
  rungs: Record<string, number>;
}

describe('uid, gid and groups', () => {
  let program: string;

  before(function () {
    if (process.getuid?.() !== 0) return this.skip(); // nobody else can give other users away
    // Where those who may not look into the repository can run it too.
    program = tempPath('probe');
    copyFileSync(probePath, program);
  });

  const ids = ({ uid, euid, suid, gid, egid, sgid, groups }: ProbeReport) => ({
    users: [uid, euid, suid],
    groups: [gid, egid, sgid],
    more: groups,
  });

  for (const start of [posixSpawn, posixSpawnSync]) {
    const ask = async (options: object) =>
      ids(await askProbe(options, async (_path, argv, all) => start(program, argv, all)));

    describe(`of ${start.name}`, () => {
      it('are the real, effective and saved ids of the program, groups and all', async () => {
        expect(await ask({ uid: 1234, gid: 2345, groups: [7, 4_000_000_000, 9] })).to.deep.equal({
          users: [1234, 1234, 1234],
          groups: [2345, 2345, 2345],
          more: [7, 9, 4_000_000_000],
        });
      });

      it('leave no groups where none are asked for', async () => {
        expect(await ask({ uid: 1234 })).to.deep.equal({
          users: [1234, 1234, 1234],
          groups: [0, 0, 0],
          more: [],
        });
        expect(await ask({ gid: 5 })).to.deep.equal({ users: [0, 0, 0], groups: [5, 5, 5], more: [] });
        expect(await ask({ uid: 0, groups: [] })).to.have.property('more').that.is.empty;
      });

      it('leave the ids as they are with groups alone', async () => {
        expect(await ask({ groups: [5, 6] })).to.deep.equal({
          users: [0, 0, 0],
          groups: [0, 0, 0],
          more: [5, 6],
        });
      });
    });
  }

  it('drop the groups with either id, and by themselves set nothing else', () => {
    const idSteps = (options: PosixSpawnOptions) =>
      explain('/bin/true', ['true'], options).match(/set(?:groups|gid|uid) .*$/gm);
    expect(idSteps({ gid: 5 })).to.deep.equal(['setgroups to none', 'setgid 5']);
    expect(idSteps({ uid: 6 })).to.deep.equal(['setgroups to none', 'setuid 6']);
    expect(idSteps({ gid: 5, groups: [0xfffffffe] })).to.deep.equal(['setgroups 4294967294', 'setgid 5']);
    expect(idSteps({ groups: [] })).to.deep.equal(['setgroups to none']);
    expect(idSteps({ uid: 6, groups: 'keep' })).to.deep.equal(['setuid 6']);
    expect(idSteps({})).to.equal(null);
  });

  it("are those of the parent with groups: 'keep', which alone is the same as none, at both doors", () => {
    const posix = (options: PosixSpawnOptions) => explain('/x', ['x'], options);
    const dropIn = (options: object) => explainSpawn('/x', [], options);
    for (const plan of [posix, dropIn]) expect(plan({ groups: 'keep' })).to.equal(plan({}));
    expect(dropIn({ gid: 5, groups: 'keep' })).to.not.include('groups');
    expect(dropIn({ gid: 5 })).to.include('drop-groups-if-allowed');
  });

  it('are set last, after the files that the parent may open: groups, group, user', () => {
    const plan = explain('/bin/true', ['true'], { uid: 1, gid: 2, groups: [3, 4], cwd: '/', env: {} });
    const lines = plan.split('\n').filter((line) => !/keep-if-open/.test(line));
    expect(lines.slice(0, 6)).to.deep.equal([
      '1. chdir "/"',
      '5. own-memory',
      '6. setgroups 3 4',
      '7. setgid 2',
      '8. setuid 1',
      '9. execve "/bin/true"',
    ]);
  });

  for (const [options, step] of [
    [{ uid: 0 }, 'setgroups'],
    [{ gid: 0, groups: [] }, 'setgroups'],
  ] as const)
    it(`fail as ${step} where the parent may not: ${JSON.stringify(options)}`, async () => {
      const error = await runNodeForValue<SpawnError>(
        `import { posixSpawn } from 'forkless';
         say(await posixSpawn('/bin/true', ['true'], ${JSON.stringify(options)}).then(() => ({}), (error) => ({ ...error })));`,
        { launcher: uidRun(NOBODY, NOBODY) },
      );
      expect(error).to.include({ code: 'EPERM', step, syscall: step });
    });

  it('fail as their own step where the kernel refuses the number', async () => {
    const tooMany = Array.from({ length: 65537 }, (_, index) => index);
    const error = await posixSpawn('/bin/true', ['true'], { groups: tooMany }).then(
      () => ({}),
      (error: SpawnError) => ({ ...error }),
    );
    expect(error).to.include({ code: 'EINVAL', step: 'setgroups' });
  });

  for (const [options, code] of [
    [{ uid: -1 }, 'ERR_OUT_OF_RANGE'],
    [{ uid: 0xffffffff }, 'ERR_OUT_OF_RANGE'],
    [{ gid: 1.5 }, 'ERR_OUT_OF_RANGE'],
    [{ uid: 'root' }, 'ERR_INVALID_ARG_TYPE'],
    [{ groups: 5 }, 'ERR_INVALID_ARG_TYPE'],
    [{ groups: [1, '2'] }, 'ERR_INVALID_ARG_TYPE'],
    [{ groups: [-1] }, 'ERR_OUT_OF_RANGE'],
  ] as const)
    it(`are checked before anything happens: ${JSON.stringify(options)}`, () => {
      expect(() => posixSpawnSync('/no/such', ['x'], options as object))
        .to.throw()
        .with.property('code', code);
    });

  it('leave every thread of the parent as it is, dumpable too, after 300 children', async () => {
    const options = { uid: 1234, gid: 2345, groups: [1] };
    const { before, after, rungs } = await runProgram<Answer>(import.meta.url, 'parent-state', { options });
    expect(before.dumpable).to.equal(1);
    expect(after).to.deep.equal(before);
    expect(rungs).to.deep.equal({ 1: 300, 2: 0, 3: 0, 4: 0 });
  });

  it('are whole or an error while a thread changes the ids of the process without end', async () => {
    const { reports, changes } = await runProgram<{ reports: (ProbeReport | string)[]; changes: number }>(
      import.meta.url,
      'users-changing',
      { program, nobody: NOBODY },
    );
    expect(changes).to.be.above(0); // how many depends on how long each thread lets it wait
    const seen = reports.map((report) => (typeof report === 'string' ? report : JSON.stringify(ids(report))));
    const whole = JSON.stringify({ users: [1234, 1234, 1234], groups: [2345, 2345, 2345], more: [] });
    expect([...new Set(seen)].sort()).to.include(whole);
    // the thread that starts may be nobody at that moment, who may do nothing of this
    const others = new Set(seen.filter((report) => report !== whole));
    expect([...others].every((report) => /^EPERM set/.test(report))).to.equal(true, [...others].join('\n'));
  });
});
