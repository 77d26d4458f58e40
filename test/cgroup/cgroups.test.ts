// forkless/cgroup: what it makes, what it reads, how it ends. Which version runs depends on the machine.
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { posixSpawn } from 'forkless';
import type { Cgroup, CgroupOptions } from 'forkless/cgroup';
import { cgroupSupport, createCgroup } from 'forkless/cgroup';
import { killByFreezing } from '#lib/cgroup/end.js';
import { areGone, cgroupsOf, skip, withCgroup } from '../support/cgroups.js';
import { uidRun } from '../support/launchers.js';
import { polluted } from '../support/polluted.js';
import { hasEnded } from '../support/proc.js';
import { runProgram } from '../support/program.js';
import { until } from '../support/until.js';

type Failure = NodeJS.ErrnoException & { path?: string };

async function failureOf(options: unknown): Promise<Failure> {
  const group = await createCgroup(options as CgroupOptions).catch((error: Failure) => error);
  if (group instanceof Error) return group;
  await group.remove();
  throw new Error('it was made');
}

/** The text of a file of the group, of whichever hierarchy has it; undefined: none has. */
function fileOf({ paths }: Cgroup, name: string): string | undefined {
  const file = paths.map((path) => `${path}/${name}`).find(existsSync);
  return file && readFileSync(file, 'utf8').trim();
}

const { version } = cgroupSupport();

describe('cgroupSupport()', () => {
  it('says what is mounted and has a line for this process', () => {
    const { controllers } = cgroupSupport();
    const own = cgroupsOf('self');
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8');
    const [v1, v2] = [/ - cgroup /.test(mounts), / - cgroup2 /.test(mounts)];
    if (version === null) return expect(controllers).to.deep.equal([]);
    expect(version).to.equal(v1 ? (v2 ? 'hybrid' : 'v1') : 'v2');
    expect(own.length).to.be.above(0);
    expect(controllers).to.deep.equal([...new Set(controllers)].sort());
    return expect(controllers.filter((name) => name.includes('='))).to.deep.equal([]);
  });
});

describe('forkless/cgroup', () => {
  it('is loaded by nothing else of the package, and loads no engine', async () => {
    const { cgroup, engine } = await runProgram<Record<string, string[]>>(import.meta.url, 'loaded');
    expect(cgroup).to.include('cgroup.js').and.not.include('forkless.js');
    expect(engine).to.include('forkless.js').and.not.include('cgroup.js');
  });
});

describe('a cgroup', () => {
  it('is made without processes and without limits, and is gone after remove(), also twice', function () {
    return withCgroup(this, {}, async (group) => {
      expect(group.paths.every(existsSync)).to.equal(true);
      expect(await group.processes()).to.deep.equal([]);
      expect(group.paths).to.be.frozen;
      await group.remove();
      expect(areGone(group.paths)).to.equal(true);
      await group.remove();
      await group.kill();
    });
  });

  it('has the name that was asked for, in the parent that was asked for', function () {
    return withCgroup(this, {}, async (outer) => {
      const [line = ''] = cgroupsOf('self').filter((each) => each.startsWith('0::'));
      if (line === '') return skip(this, 'no hierarchy of v2');
      const base = line.slice('0::'.length).replace(/\/$/, '');
      const name = outer.paths[0]?.split('/').at(-1);
      const inner = await createCgroup({ parent: `${base}/${name}`, name: 'in side' }).catch(
        (error: Failure) => error,
      );
      if (inner instanceof Error) throw inner;
      expect(inner.paths.some((path) => path.endsWith(`/${name}/in side`))).to.equal(true);
      expect(await failureOf({ parent: `${base}/${name}`, name: 'in side' })).to.include({ code: 'EEXIST' });
      expect(inner.paths.every(existsSync)).to.equal(true);
      // the cgroups below it go with it
      await outer.remove();
      expect(areGone(inner.paths)).to.equal(true);
    });
  });

  it('has limits, which can be changed and taken away', function () {
    return withCgroup(this, { memory: 64 * 2 ** 20, pids: 50, cpu: 0.5 }, async (group) => {
      const limits = () => [
        fileOf(group, 'memory.max') ?? fileOf(group, 'memory.limit_in_bytes'),
        fileOf(group, 'pids.max'),
        fileOf(group, 'cpu.max') ??
          `${fileOf(group, 'cpu.cfs_quota_us')} ${fileOf(group, 'cpu.cfs_period_us')}`,
      ];
      expect(limits()).to.deep.equal([`${64 * 2 ** 20}`, '50', '50000 100000']);
      await group.set({ pids: 7, memory: undefined });
      expect(limits()).to.deep.equal([`${64 * 2 ** 20}`, '7', '50000 100000']);
      const none = Number.POSITIVE_INFINITY;
      await group.set({ memory: none, pids: none, cpu: none });
      expect(limits().slice(1)).to.deep.equal(['max', fileOf(group, 'cpu.max') ?? '-1 100000']);
      expect(limits()[0]).to.match(/^(max|9223372036854\d+)$/);
    });
  });

  it('has limits in whole pages', function () {
    return withCgroup(this, { memory: 2 ** 20 + 5 }, async (group) => {
      expect(fileOf(group, 'memory.max') ?? fileOf(group, 'memory.limit_in_bytes')).to.equal(`${2 ** 20}`);
    });
  });

  it('has oomGroup with v2, and says that it cannot be had with v1', async function () {
    const failure = await createCgroup({ oomGroup: true }).then(
      async (group) => {
        expect(fileOf(group, 'memory.oom.group')).to.equal('1');
        await group.remove();
      },
      (error: Failure) => error,
    );
    if (failure !== undefined && version === 'v2') skip(this, failure.message);
    if (failure !== undefined) expect(failure).to.include({ code: 'ENOTSUP', errno: -95 });
  });

  it('tells what its processes have used, those that have ended too', function () {
    return withCgroup(this, { memory: 256 * 2 ** 20, controllers: ['pids', 'cpu'] }, async (group) => {
      const before = await group.usage();
      expect(before).to.include({ oomKills: 0, pids: 0, pidsRefused: 0 });
      const sleeper = await posixSpawn('/bin/sleep', ['sleep', '1000'], { cgroup: group.paths });
      expect(await group.usage()).to.include({ pids: 1 });
      expect(await group.processes()).to.deep.equal([sleeper.pid]);
      const worker = await posixSpawn(
        '/bin/dd',
        ['dd', 'if=/dev/zero', 'of=/dev/null', 'bs=16M', 'count=9', 'status=none'],
        {
          cgroup: group.paths,
        },
      );
      expect((await worker.exited).code).to.equal(0);
      const after = await group.usage();
      expect(after.memory).to.be.above(0);
      if (after.memoryPeak !== null) expect(after.memoryPeak).to.be.above(16 * 2 ** 20);
      if (after.cpuTime !== null) expect(after.cpuTime).to.be.above(before.cpuTime ?? 0);
      expect(after.cpuThrottled).to.equal(0);
      await group.kill();
      expect((await sleeper.exited).signal).to.equal('SIGKILL');
    });
  });

  it('counts nothing without its controllers', function () {
    return withCgroup(this, {}, async (group) => {
      const { memory, memoryPeak, oomKills, pids, pidsRefused } = await group.usage();
      expect([memory, memoryPeak, oomKills, pids, pidsRefused]).to.deep.equal(Array(5).fill(null));
      const error: Failure = await group.set({ pids: 5 }).catch((error) => error);
      expect(error).to.include({ code: 'ENOTSUP' });
    });
  });

  for (const [name, kill] of [
    ['kill()', (group: Cgroup) => group.kill()],
    [
      'freezing, as before Linux 5.14 and with v1',
      async (group: Cgroup) => {
        for (const path of group.paths) await killByFreezing(path);
      },
    ],
  ] as const)
    it(`is emptied by ${name}, with all that its processes have started`, function () {
      return withCgroup(this, {}, async (group) => {
        const script = 'trap "" TERM HUP INT; sleep 1000 & setsid sleep 1000 & sleep 1000 & wait';
        const child = await posixSpawn('/bin/sh', ['sh', '-c', script], { cgroup: group.paths });
        await until('four processes', async () => (await group.processes()).length >= 4);
        const pids = await group.processes();
        await kill(group);
        expect(await group.processes()).to.deep.equal([]);
        expect((await child.exited).signal).to.equal('SIGKILL');
        await until('all are gone', () => pids.every(hasEnded));
        await group.remove();
        expect(areGone(group.paths)).to.equal(true);
      });
    });

  it('cannot be removed with processes in it: EBUSY with the path', function () {
    return withCgroup(this, {}, async (group) => {
      const child = await posixSpawn('/bin/sleep', ['sleep', '1000'], { cgroup: group.paths });
      const error: Failure = await group.remove().catch((error) => error);
      expect(error).to.include({ code: 'EBUSY', syscall: 'rmdir' });
      expect(group.paths).to.include(error.path);
      await group[Symbol.asyncDispose]();
      expect(areGone(group.paths)).to.equal(true);
      expect((await child.exited).signal).to.equal('SIGKILL');
    });
  });

  it('may be killed and removed by several at a time', function () {
    return withCgroup(this, {}, async (group) => {
      const child = await posixSpawn('/bin/sleep', ['sleep', '1000'], { cgroup: group.paths });
      const ends = Array.from({ length: 8 }, () => group[Symbol.asyncDispose]());
      await Promise.all([...ends, group.kill(), group.remove().catch(() => {})]);
      expect((await child.exited).signal).to.equal('SIGKILL');
      expect(areGone(group.paths)).to.equal(true);
      await group.kill();
    });
  });

  it('changes no limit where another one cannot be had at all', function () {
    return withCgroup(this, { pids: 5 }, async (group) => {
      const error = await group.set({ pids: 7, cpu: 1 }).catch((error: Failure) => error);
      expect(error).to.include({ code: 'ENOTSUP' });
      expect(fileOf(group, 'pids.max')).to.equal('5');
    });
  });

  it('tells the processor time whatever it is called', function () {
    const name = `cpuacct-freezer-${process.pid}`;
    return withCgroup(this, { controllers: ['pids'], name }, async (group) => {
      expect((await group.usage()).cpuTime).to.equal(0);
    });
  });

  it('has options of its own, each read once', async function () {
    let reads = 0;
    const name = `forkless-once-${process.pid}`;
    const options = {
      get name() {
        reads++;
        return name;
      },
    };
    const making = polluted({ memory: 4096, parent: '/nowhere' }, () => createCgroup(options));
    const group = await making.catch((error: Failure) => error);
    expect(reads).to.equal(1);
    if (group instanceof Error) return skip(this, group.message);
    expect(group.paths.some((path) => path.includes('memory'))).to.equal(false);
    await group.remove();
  });

  it('has the error of the kernel where there is no such parent', async function () {
    if (version === null) skip(this, 'none is mounted');
    const error = await failureOf({ parent: '/no-such-parent' });
    expect(error).to.include({ code: 'ENOENT', syscall: 'mkdir' });
    expect(error.path).to.match(/\/no-such-parent\/forkless-/);
  });

  it('removes what its programs have made below it', function () {
    return withCgroup(this, {}, async ({ paths, remove }) => {
      for (const path of paths) mkdirSync(`${path}/below/deeper`, { recursive: true });
      expect(remove).to.be.a('function');
      for (const path of paths) expect(() => rmdirSync(path)).to.throw('EBUSY');
    });
  });

  it('has threaded cgroups below it, which list no processes', function () {
    return withCgroup(this, {}, async (group) => {
      const threaded = group.paths.filter((path) => existsSync(`${path}/cgroup.type`));
      if (threaded.length === 0) skip(this, 'v1 has no threaded ones');
      const child = await posixSpawn('/bin/sleep', ['sleep', '1000'], { cgroup: group.paths });
      for (const path of threaded) {
        mkdirSync(`${path}/below`);
        writeFileSync(`${path}/below/cgroup.type`, 'threaded');
        expect(() => readFileSync(`${path}/below/cgroup.procs`)).to.throw(/EOPNOTSUPP|ENOTSUP/);
      }
      expect(await group.processes()).to.include(child.pid);
      await group[Symbol.asyncDispose]();
      expect((await child.exited).signal).to.equal('SIGKILL');
      expect(areGone(group.paths)).to.equal(true);
    });
  });

  it('is none where the kernel refuses a limit, and nothing is left', function () {
    return withCgroup(this, { pids: 5 }, async ({ paths }) => {
      const name = 'forkless-refused';
      // more than the kernel takes
      const error = await failureOf({ name, pids: 2 ** 52 });
      expect(error)
        .to.have.property('code')
        .that.matches(/^(EINVAL|ERANGE)$/);
      expect(error.path).to.match(/forkless-refused\/pids\.max$/);
      expect(areGone(paths.map((path) => path.replace(/[^/]+$/, name)))).to.equal(true);
    });
  });

  it('is none for an ordinary user to whom nothing was delegated', async function () {
    if (process.getuid?.() !== 0) return this.skip();
    if (version === null) skip(this, 'none is mounted');
    const options = { launcher: uidRun(4242, 4242) };
    const codes: string[] = await runProgram(import.meta.url, 'refused', null, options);
    for (const code of codes) expect(code).to.match(/^(EACCES|EROFS|EPERM|ENOTSUP|EBUSY)$/);
  });

  it('is one for an ordinary user to whom a cgroup was delegated', async function () {
    if (process.getuid?.() !== 0) return this.skip();
    await withCgroup(this, { controllers: ['pids'] }, async ({ paths }) => {
      const answer = await runProgram(import.meta.url, 'delegated', { paths });
      expect(answer).to.deep.equal({ inside: true, limit: 'Cannot fork', gone: true });
    });
  });
});

describe('wrong options of a cgroup', () => {
  const wrong: readonly (readonly [options: unknown, code: string, says: string])[] = [
    [null, 'ERR_INVALID_ARG_TYPE', 'options'],
    [{ memoryMax: 5 }, 'ERR_INVALID_ARG_VALUE', 'options.memoryMax'],
    [{ constructor: 5 }, 'ERR_INVALID_ARG_VALUE', 'options.constructor'],
    [{ memory: '5M' }, 'ERR_INVALID_ARG_TYPE', 'options.memory'],
    [{ memory: -1 }, 'ERR_OUT_OF_RANGE', 'options.memory'],
    [{ memory: 0.5 }, 'ERR_OUT_OF_RANGE', 'options.memory'],
    [{ pids: Number.NaN }, 'ERR_OUT_OF_RANGE', 'options.pids'],
    [{ cpu: 0 }, 'ERR_OUT_OF_RANGE', 'options.cpu'],
    [{ cpu: Number.NaN }, 'ERR_OUT_OF_RANGE', 'options.cpu'],
    [{ cpu: '1' }, 'ERR_INVALID_ARG_TYPE', 'options.cpu'],
    [{ oomGroup: 1 }, 'ERR_INVALID_ARG_TYPE', 'options.oomGroup'],
    [{ name: 'a/b' }, 'ERR_INVALID_ARG_VALUE', 'options.name'],
    [{ name: '..' }, 'ERR_INVALID_ARG_VALUE', 'options.name'],
    [{ name: '' }, 'ERR_INVALID_ARG_VALUE', 'options.name'],
    [{ parent: 'user.slice' }, 'ERR_INVALID_ARG_VALUE', 'options.parent'],
    [{ parent: '/a/../..' }, 'ERR_INVALID_ARG_VALUE', 'options.parent'],
    [{ controllers: ['io'] }, 'ERR_INVALID_ARG_VALUE', 'options.controllers[0]'],
    [{ controllers: 'pids' }, 'ERR_INVALID_ARG_TYPE', 'options.controllers'],
  ];
  for (const [options, code, says] of wrong)
    it(`${JSON.stringify(options)}: ${code}`, async () => {
      const error = await failureOf(options);
      expect(error).to.include({ code });
      expect(error.message).to.include(says);
    });
});
