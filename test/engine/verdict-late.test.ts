import { closeSync, openSync, readdirSync, readlinkSync } from 'node:fs';
import { expect } from 'chai';
import { posixSpawn } from 'forkless';
import { seccompRun } from '../support/launchers.js';
import { probeArgv, probePath } from '../support/probe.js';
import { type RunOptions, runNodeForValue } from '../support/run-node.js';
import { slowness } from '../support/slowness.js';
import { release, stuckOn, untilStuck } from '../support/stuck.js';
import { makeFifo } from '../support/temp.js';

// What a child that another thread has forked between pipe2 and clone does: its copy of the write end keeps the end of
// file away, as long as it lives.
describe('exec is known in time, though other code holds a copy of the report pipe', () => {
  const BOUND_MS = 2000 * slowness;

  it('to posixSpawn', async () => {
    const fifo = makeFifo();
    const before = ownPipes();
    const starting = posixSpawn(probePath, probeArgv('block'), stuckOn(fifo));
    const [pid = 0] = await untilStuck(1);
    const copy = openReportPipe(pid, before);
    try {
      const begin = performance.now();
      release(fifo);
      const child = await Promise.race([starting, failAfter(BOUND_MS)]);
      expect(performance.now() - begin).to.be.lessThan(BOUND_MS);
      expect(child.pid).to.equal(pid);
      child.kill('SIGKILL');
      expect(await child.exited).to.include({ signal: 'SIGKILL', reapedElsewhere: false });
    } finally {
      closeSync(copy);
    }
  });

  const odd: [where: string, options: RunOptions][] = [
    ['on rung 2', { env: { FORKLESS_RUNG: '2' } }],
    ['on rung 4', { env: { FORKLESS_RUNG: '4' } }],
    ['where no timer can be made', { launcher: seccompRun('timerfd_create=EPERM') }],
    ['where no timer can be set', { launcher: seccompRun('timerfd_settime=EPERM') }],
  ];
  for (const [where, options] of odd)
    it(`to posixSpawn ${where}`, async () => {
      const seen = await runNodeForValue(
        `
        import { FileActions, posixSpawn } from 'forkless';
        import { openSync, readdirSync, readlinkSync } from 'node:fs';
        ${ownPipes}
        ${openReportPipe}
        const fifo = makeFifo();
        const before = ownPipes();
        const fileActions = new FileActions().addOpen(5, fifo, 'r');
        const starting = posixSpawn(probePath, probeArgv('block'), { fileActions });
        const pid = await until('a child is stuck', () => stuckChildren()[0]);
        openReportPipe(pid, before);
        openSync(fifo, 'r+');
        const child = await starting;
        child.kill('SIGKILL');
        say((await child.exited).signal);`,
        options,
      );
      expect(seen).to.equal('SIGKILL');
    });

  it('to posixSpawn where other code has closed the timer of the watcher, while starts are under way', async () => {
    const known = await runNodeForValue(`
      import { FileActions, posixSpawn } from 'forkless';
      import { setTimeout as wait } from 'node:timers/promises';
      import { closeSync, openSync, readdirSync, readlinkSync } from 'node:fs';
      ${ownPipes}
      ${openReportPipe}
      const stuckOn = (fifo) => ({ fileActions: new FileActions().addOpen(5, fifo, 'r') });
      const [first, second] = [makeFifo(), makeFifo()];
      const starting = posixSpawn(probePath, probeArgv('block'), stuckOn(first));
      const [one] = await until('a child is stuck', () => stuckChildren().length === 1 && stuckChildren());
      const before = ownPipes();
      const late = posixSpawn(probePath, probeArgv('block'), stuckOn(second));
      await until('both are stuck', () => stuckChildren().length === 2);
      openReportPipe(stuckChildren().find((pid) => pid !== one), before);
      // its last tick comes all the same: the stuck ones have copies of it
      for (const [fd, target] of openDescriptors()) if (target === 'anon_inode:[timerfd]') closeSync(fd);
      await wait(200);
      openSync(second, 'r+');
      const child = await late;
      openSync(first, 'r+');
      (await starting).kill('SIGKILL');
      child.kill('SIGKILL');
      say((await child.exited).signal);`);
    expect(known).to.equal('SIGKILL');
  });
});

function failAfter(ms: number): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error('exec is not known')), ms).unref();
  });
}

/** The names of the pipes that this process has open. */
function ownPipes(): string[] {
  return readdirSync('/proc/self/fd')
    .map((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`);
      } catch {
        return ''; // the one that read the directory
      }
    })
    .filter((target) => target.startsWith('pipe:'));
}

/** Opens the write end that the stuck child has: the pipe whose other end is new here. */
function openReportPipe(pid: number, before: readonly string[]): number {
  const fresh = ownPipes().filter((name) => !before.includes(name));
  for (const fd of readdirSync(`/proc/${pid}/fd`))
    if (fresh.includes(readlinkSync(`/proc/${pid}/fd/${fd}`))) return openSync(`/proc/${pid}/fd/${fd}`, 'w');
  throw new Error('the child has no report pipe');
}
