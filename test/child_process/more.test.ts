// What ours have and Node does not: attributes, causes, figures, a kill that meets nobody else.
import type { ChildProcess } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { SpawnError } from 'forkless';
import childProcess from 'forkless/child_process';
import { probeArgv, probePath, signalsIn } from '../support/probe.js';
import { hasEnded, openDescriptors } from '../support/proc.js';
import { childReport, probeReport } from './child-report.js';
import { closed, gather, outcomeOf, throws } from './event-log.js';
import { ours } from './oracle.js';

type More = ChildProcess & { readonly pidfd: number; readonly resourceUsage: NodeJS.ResourceUsage | null };

function start(...args: readonly unknown[]): More {
  return ours.spawn(...args) as More;
}

async function errorOf(child: ChildProcess): Promise<Error & { cause?: unknown }> {
  const found = new Promise<Error>((resolve) => child.once('error', resolve));
  await closed(child);
  return found;
}

describe('more than Node: an option', () => {
  it('umask sets the umask of the child', async () => {
    expect((await childReport(ours, { umask: 0o27 })).umask).to.equal(0o27);
  });
  it('pgroup 0 makes a new group', async () => {
    expect(await childReport(ours, { pgroup: 0 })).to.include({ group: 'own', session: 'of the parent' });
  });
  it('pgroup puts the child into the group of another child', async () => {
    const leader = start('cat', { stdio: ['pipe', 'ignore', 'ignore'], pgroup: 0 });
    const report = await probeReport(ours, { stdio: 'ignore', pgroup: leader.pid });
    expect(report.pgid).to.equal(leader.pid);
    leader.stdin?.end();
    await closed(leader);
  });
  it('setsid makes a session, alone and beside detached', async () => {
    expect((await childReport(ours, { setsid: true })).session).to.equal('own');
    expect((await childReport(ours, { setsid: true, detached: true })).session).to.equal('own');
    expect((await childReport(ours, { setsid: false, detached: true })).session).to.equal('own');
  });
  it('sigmask blocks signals', async () => {
    expect(signalsIn((await childReport(ours, { sigmask: ['SIGUSR1', 15] })).blocked)).to.deep.equal([
      10, 15,
    ]);
    expect(signalsIn((await childReport(ours, { sigmask: [] })).blocked)).to.deep.equal([]);
  });
  it('sigignore ignores signals', async () => {
    const { ignored } = await childReport(ours, { sigignore: ['SIGPIPE', 'SIGHUP'] });
    expect(signalsIn(ignored).filter((signal) => signal < 32)).to.deep.equal([1, 13]);
  });
  it('sigdefault changes nothing that is default already', async () => {
    expect(await childReport(ours, { sigdefault: 'all' })).to.deep.equal({
      ...(await childReport(ours)),
      ignored: '0'.repeat(16),
    });
  });
  it('schedPolicy sets the scheduling policy', async () => {
    expect((await childReport(ours, { schedPolicy: 'SCHED_BATCH' })).schedPolicy).to.equal(3);
  });
  it('groups sets the supplementary groups, alone and beside uid and gid', async () => {
    expect((await childReport(ours, { groups: [5, 6] })).groups).to.have.members([5, 6]);
    const seen = await childReport(ours, { groups: [7], uid: 1000, gid: 1000 });
    expect(seen.groups).to.deep.equal([7]);
    expect(seen.ids).to.deep.equal([1000, 1000, 1000, 1000, 1000, 1000]);
  });
  it('resetIds resets the effective ids', async () => {
    expect((await childReport(ours, { resetIds: true })).ids).to.deep.equal((await childReport(ours)).ids);
  });

  for (const options of [
    { umask: -1 },
    { umask: '022' },
    { umask: 0o1000 },
    { pgroup: -1 },
    { pgroup: 'x' },
    { setsid: 1 },
    { sigmask: 'all' },
    { sigmask: ['SIGNO'] },
    { sigignore: [9] },
    { sigignore: 5 },
    { sigdefault: ['SIGKILL', 'x'] },
    { schedPolicy: 'x' },
    { schedPriority: 100 },
    { groups: 5 },
    { groups: [-1] },
    { groups: ['5'] },
    { resetIds: 'yes' },
  ])
    it(`${JSON.stringify(options)} is refused at once`, async () => {
      throws(undefined, /options\.|Unknown signal/)(await outcomeOf(() => ours.spawn('/bin/true', options)));
    });
  it('works in execFile, exec and fork', async () => {
    const ended = [
      ours.exec('umask; exit 9', { umask: 0o77 }),
      ours.execFile('/bin/sh', ['-c', 'umask; exit 9'], { umask: 0o77 }),
      ours.fork('x', { execPath: '/bin/sh', execArgv: ['-c', 'umask; exit 9'], silent: true, umask: 0o77 }),
    ].map(async (child) => {
      const said = gather(child.stdout);
      await closed(child);
      return [said(), child.exitCode];
    });
    expect(await Promise.all(ended)).to.deep.equal(new Array(3).fill(['0077\n', 9]));
  });
});

describe('more than Node: error.cause', () => {
  for (const [what, args, step, path] of [
    ['a missing program', ['/no/such'], 'execve', '/no/such'],
    ['a missing directory', ['/bin/true', { cwd: '/no/dir' }], 'chdir', '/no/dir'],
    ['a program that may not run', ['/etc/passwd'], 'execve', '/etc/passwd'],
  ] as const)
    it(`of ${what} is a SpawnError with its step`, async () => {
      const { cause } = await errorOf(start(...args));
      expect(cause).to.be.instanceof(SpawnError);
      expect(cause).to.include({ step, path });
    });
  it('of what is thrown is one too', () => {
    for (const [options, step] of [
      [{ cwd: '/etc/passwd' }, 'chdir'],
      [{ stdio: ['ignore', 987] }, undefined],
    ] as const)
      try {
        start('/bin/true', options);
        expect.fail('nothing thrown');
      } catch (error) {
        const { cause } = error as Error;
        expect(cause).to.be.instanceof(SpawnError);
        if (step) expect(cause).to.include({ step });
      }
  });
  it('is not enumerable, and comes through exec, execFile and their promises', async () => {
    const error = await new Promise<unknown>((resolve) => ours.execFile('/no/such', resolve));
    expect(Object.keys(error as object)).to.not.include('cause');
    expect(error).to.have.property('cause').that.is.instanceof(SpawnError);
  });
  it('is absent where the program ran and failed', async () => {
    const error = await new Promise<unknown>((resolve) => ours.execFile('/bin/false', resolve));
    expect(error).to.not.have.property('cause');
  });
});

describe('more than Node: a child has', () => {
  it('a pidfd while it runs, and -1 after', async () => {
    const child = start('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
    expect(openDescriptors().get(child.pidfd)).to.match(/pidfd/);
    let atExit: unknown;
    child.on('exit', () => {
      atExit = child.pidfd;
    });
    child.stdin?.end();
    await closed(child);
    expect([child.pidfd, atExit]).to.deep.equal([-1, -1]);
  });
  it('no pidfd where it could not be started', async () => {
    const child = start('/no/such');
    expect(child.pidfd).to.equal(-1);
    expect(await errorOf(child)).to.have.property('code', 'ENOENT');
    expect([child.pidfd, child.resourceUsage]).to.deep.equal([-1, null]);
  });
  it('its use of resources once it has ended', async () => {
    const child = start(probePath, probeArgv('spend', 0, 30).slice(1), { stdio: 'ignore' });
    expect(child.resourceUsage).to.equal(null);
    await closed(child);
    const usage = child.resourceUsage;
    expect(Object.keys(usage ?? {})).to.deep.equal(Object.keys(process.resourceUsage()));
    expect((usage?.userCPUTime ?? 0) + (usage?.systemCPUTime ?? 0)).to.be.above(25_000);
  });
  it("all of that in the listener of 'exit', of the other functions and the promise forms as well", async () => {
    const children = [
      ours.exec('true'),
      ours.execFile('true'),
      ours.fork('/dev/null', { silent: true }),
      promisify(childProcess.exec)('true').child,
      promisify(childProcess.execFile)('true').child,
    ] as More[];
    const ended = children.map(async (child) => {
      expect(child.pidfd).to.be.at.least(3);
      const seen: unknown[] = [];
      child.on('exit', () => seen.push(child.pidfd, typeof child.resourceUsage?.userCPUTime));
      await closed(child);
      return seen;
    });
    expect(await Promise.all(ended)).to.deep.equal(children.map(() => [-1, 'number']));
  });
  it('these fields without being among its keys', async () => {
    const child = start('/bin/true');
    expect(Object.keys(child)).to.not.include.members(['pidfd', 'resourceUsage']);
    await closed(child);
    expect(JSON.stringify(Object.keys(child))).to.not.match(/pidfd|resourceUsage/);
  });
});

describe('more than Node: kill', () => {
  it('reaches no process once the child has ended, though that was not told yet; as in Node it returns true', async () => {
    const child = start('/bin/true', { stdio: 'ignore' });
    while (!hasEnded(child.pid ?? -1)) Math.sqrt(2);
    expect(child.exitCode).to.equal(null);
    expect([child.kill(0), child.kill('SIGKILL'), child.killed]).to.deep.equal([true, true, true]);
    await closed(child);
    expect([child.exitCode, child.kill()]).to.deep.equal([0, false]);
  });
});
