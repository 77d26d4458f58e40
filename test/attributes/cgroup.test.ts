// The option `cgroup`: where a program is from its first instruction on, and what limits it there.
import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { SpawnAttributes } from 'forkless';
import { explain, FileActions, posixSpawn } from 'forkless';
import { execFileSync, spawnSync } from 'forkless/child_process';
import { cgroupsOf, namesIn, withCgroup, withoutSwap } from '../support/cgroups.js';
import { uidRun } from '../support/launchers.js';
import { alike, atEveryDoor } from '../support/outcomes.js';
import { askProbe } from '../support/probe.js';
import { openDescriptors } from '../support/proc.js';
import { programUrl, runProgram } from '../support/program.js';
import { runWorker } from '../support/run-worker.js';
import { failureOf, makeFile } from '../support/starts.js';
import { tempPath } from '../support/temp.js';

const { O_DIRECTORY, O_RDONLY, O_WRONLY } = constants;
const O_PATH = 0o10000000;
/** What a program sees of itself. */
const OWN = '/proc/self/cgroup';
const nameOf = (path: string): string => path.split('/').at(-1) ?? '';

/** How often each of two is in the cgroups of a program, at each door. */
async function placesOf(cgroup: SpawnAttributes['cgroup'], name: string, options: SpawnAttributes = {}) {
  const outcomes = await atEveryDoor(['/bin/cat', OWN], { ...options, cgroup });
  return Object.values(outcomes).map(({ out = '', error }) =>
    error === undefined ? namesIn(out).filter((each) => each === name).length : error,
  );
}

describe('cgroup', () => {
  const own = cgroupsOf('self');

  it('is that of the parent, or the one that was asked for, in every hierarchy', function () {
    return withCgroup(this, {}, async ({ paths }) => {
      const name = nameOf(paths[0] as string);
      expect(await atEveryDoor(['/bin/cat', OWN], {})).to.deep.equal(
        alike({ out: `${own.join('\n')}\n`, code: 0, signal: null }),
      );
      expect(await placesOf(paths, name)).to.deep.equal(Array(4).fill(paths.length));
      expect(await placesOf(paths[0], name)).to.deep.equal([1, 1, 1, 1]);
      expect(await placesOf(Buffer.from(paths[0] as string), name)).to.deep.equal([1, 1, 1, 1]);
      expect(cgroupsOf('self')).to.deep.equal(own);
    });
  });

  for (const [what, file, flags] of [
    ['of its folder', '', O_RDONLY | O_DIRECTORY],
    ['of its folder, for its path alone', '', O_PATH | O_DIRECTORY],
    ['of its cgroup.procs', '/cgroup.procs', O_WRONLY],
  ] as const)
    it(`is that of a descriptor ${what}, which the program does not get`, function () {
      return withCgroup(this, {}, async ({ paths }) => {
        const [path = ''] = paths;
        const fd = openSync(`${path}${file}`, flags);
        try {
          expect(await placesOf(fd, nameOf(path))).to.deep.equal([1, 1, 1, 1]);
          for (const options of [{ cloexecDefault: true, fds: [0, 1, 2] }, {}]) {
            const { fds } = await askProbe({ ...options, cgroup: fd });
            expect(fds.filter(({ target }) => target.includes(nameOf(path)))).to.deep.equal([]);
          }
          expect(openDescriptors().get(fd)).to.equal(`${path}${file}`);
        } finally {
          closeSync(fd);
        }
      });
    });

  it('is joined by a descriptor that the program gets under another number besides', function () {
    return withCgroup(this, {}, async ({ paths }) => {
      const [path = ''] = paths;
      const fd = openSync(path, O_RDONLY | O_DIRECTORY);
      try {
        const report = await askProbe({ cgroup: fd, cloexecDefault: true, fds: [0, 1, 2, fd] });
        const found = report.fds.filter(({ target }) => target === path).map((each) => each.fd);
        expect(found).to.deep.equal([3]);
        const kept = { cloexecDefault: true, fileActions: new FileActions().addInherit(fd) };
        expect((await askProbe({ cgroup: fd, ...kept })).fds.map((each) => each.fd)).to.include(fd);
      } finally {
        closeSync(fd);
      }
    });
  });

  it('is joined before the ids change: another user has no right to it', function () {
    if (process.getuid?.() !== 0) return this.skip();
    return withCgroup(this, {}, async ({ paths }) => {
      const name = nameOf(paths[0] as string);
      expect(await placesOf(paths, name, { uid: 4242 })).to.deep.equal(Array(4).fill(paths.length));
      const options = { launcher: uidRun(4242, 4242) };
      expect(await runProgram(import.meta.url, 'at-every-door', { cgroup: paths }, options)).to.deep.equal(
        alike({ error: { code: 'EACCES', step: 'join-cgroup', syscall: 'write' } }),
      );
    });
  });

  it('does the same from a Worker', function () {
    return withCgroup(this, {}, async ({ paths }) => {
      const url = programUrl(import.meta.url, 'cgroup-worker');
      const places: string[] = await runWorker(url, { cgroup: paths });
      const count = (text: string) =>
        namesIn(text).filter((name) => name === nameOf(paths[0] as string)).length;
      expect(places.map(count)).to.deep.equal([paths.length, paths.length]);
    });
  });

  it('leaves every thread of the parent where it is, dumpable too, after 300 children', function () {
    return withCgroup(this, {}, async ({ paths }) => {
      const options = { cgroup: paths, oomScoreAdj: 1000 };
      const { before, after } = await runProgram<{ before: object; after: object }>(
        import.meta.url,
        'parent-state',
        { options },
      );
      expect(after).to.deep.equal(before);
    });
  });

  it('limits the number of processes, and does not without it', function () {
    return withCgroup(this, { pids: 1 }, async ({ paths }) => {
      const fork = (options: SpawnAttributes) =>
        atEveryDoor(['/bin/sh', '-c', '(exit 3) 2>&-; exit $?'], options);
      expect(await fork({})).to.deep.equal(alike({ out: '', code: 3, signal: null }));
      const limited = Object.values(await fork({ cgroup: paths }));
      for (const { code } of limited) expect(code).to.be.a('number').not.equal(3);
    });
  });

  it('limits memory: the program is killed, and neither its parent nor anybody else', function () {
    return withCgroup(this, { memory: 32 * 2 ** 20 }, async (group) => {
      withoutSwap(group);
      const use = (options: SpawnAttributes) =>
        atEveryDoor(
          ['/bin/dd', 'if=/dev/zero', 'of=/dev/null', 'bs=128M', 'count=1', 'status=none'],
          options,
        );
      expect(await use({})).to.deep.equal(alike({ out: '', code: 0, signal: null }));
      expect(await use({ cgroup: group.paths })).to.deep.equal(
        alike({ out: '', code: null, signal: 'SIGKILL' }),
      );
      expect((await group.usage()).oomKills).to.equal(4);
    });
  });

  describe('that is none', () => {
    const fail = (cgroup: SpawnAttributes['cgroup']) =>
      failureOf(() => posixSpawn('/bin/true', ['true'], { cgroup }));

    it('is the error of its step', async () => {
      const missing = { code: 'ENOENT', step: 'join-cgroup', syscall: 'write' };
      expect(await fail('/sys/fs/cgroup/no/such')).to.include({
        ...missing,
        path: '/sys/fs/cgroup/no/such/cgroup.procs',
      });
      expect(await atEveryDoor(['/bin/true'], { cgroup: '/no/such' })).to.deep.equal(
        alike({ error: missing }),
      );
      expect(await fail(377)).to.include({ code: 'EBADF', step: 'join-cgroup-fd', fd: 377 });
    });

    it('is not another file system with a file of that name, where nothing would happen', async () => {
      const folder = tempPath('folder');
      execFileSync('/bin/mkdir', [folder]);
      const file = makeFile('', 0o644, `${folder}/cgroup.procs`);
      expect(await fail(folder)).to.include({ code: 'EINVAL', step: 'join-cgroup' });
      for (const path of [folder, file]) {
        const fd = openSync(path, path === file ? 'r+' : 'r');
        expect(await fail(fd)).to.include({ code: 'EINVAL', step: 'join-cgroup-fd', fd });
        closeSync(fd);
      }
      expect(readFileSync(file, 'utf8')).to.equal('');
    });

    it('is not another file of a cgroup, which would be overwritten', function () {
      return withCgroup(this, { pids: 7 }, async ({ paths }) => {
        const file = `${paths.find((path) => path.includes('pids')) ?? paths[0]}/pids.max`;
        const fd = openSync(file, 'r+');
        expect(await fail(fd)).to.include({ code: 'EINVAL', step: 'join-cgroup-fd', fd });
        closeSync(fd);
        expect(readFileSync(file, 'utf8')).to.equal('7\n');
      });
    });
  });

  it('by a descriptor that the child opens or closes is refused', () => {
    const refused = { code: 'ERR_INVALID_ARG_VALUE' };
    const explained = (options: object) => () => explain('/x', ['x'], options);
    for (const options of [
      { cgroup: 2, fds: [0, 1, 2] },
      { cgroup: ['/a', 9], fileActions: new FileActions().addDup2(1, 9) },
      { cgroup: 9, fileActions: new FileActions().addClose(9) },
      { cgroup: 9, fileActions: new FileActions().addClosefrom(9) },
    ])
      expect(explained(options)).to.throw('options.cgroup').that.includes(refused);
    expect(() => spawnSync('/x', [], { cgroup: 2 }))
      .to.throw('options.cgroup')
      .that.includes(refused);
    for (const options of [
      { cgroup: 9, fileActions: new FileActions().addInherit(9).addClosefrom(10) },
      { cgroup: 9, fds: [9, 1, 2] },
    ])
      expect(explained(options)()).to.include('join-cgroup-fd 9');
  });

  it('is joined after the file actions, before the ids, and first of the placement', () => {
    const options = {
      cgroup: ['/a', 9, '/b'],
      oomScoreAdj: 5,
      uid: 1,
      rlimits: { core: 0 },
      cloexecDefault: true,
      fds: [0],
    };
    expect(explain('/x', ['x'], options).split('\n').slice(0, 13)).to.deep.equal([
      ' 1. sweep 1 to 8',
      ' 2. sweep 10 to the last',
      ' 3. inherit 0  (fds[0])',
      ' 4. own-memory',
      ' 5. join-cgroup "/a/cgroup.procs"',
      ' 6. join-cgroup-fd 9',
      ' 7. join-cgroup "/b/cgroup.procs"',
      ' 8. oom-score-adj 5',
      ' 9. close 9',
      '10. rlimit core 0 0',
      '11. setgroups to none',
      '12. setuid 1',
      '13. execve "/x"',
    ]);
  });
});
