import { closeSync } from 'node:fs';
import { expect } from 'chai';
import { posixSpawn } from 'forkless';
import { seccompRun } from '../support/launchers.js';
import { probeArgv, probePath } from '../support/probe.js';
import { type ProgramOptions, runProgram } from '../support/program.js';
import { slowness } from '../support/slowness.js';
import { release, stuckOn, untilStuck } from '../support/stuck.js';
import { makeFifo } from '../support/temp.js';
import { openReportPipe, ownPipes } from './report-pipe.js';

// What a child that another thread has forked between pipe2 and clone does: its copy of the write end keeps the end of
// file away, as long as it lives.
describe('exec is known in time, though other code holds a copy of the report pipe', () => {
  /** Without the watcher's timer it would not be known before the copy is closed. */
  const BOUND_MS = 5000 * slowness;

  for (const [title, options] of [
    ['by posixSpawn', {}],
    ['by posixSpawn of a child that leaves this memory', { groups: 'keep', uid: process.getuid?.() ?? 0 }],
  ] as const)
    it(title, async () => {
      const fifo = makeFifo();
      const before = ownPipes();
      const starting = posixSpawn(probePath, probeArgv('block'), { ...stuckOn(fifo), ...options });
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

  const odd: [where: string, options: ProgramOptions][] = [
    ['on rung 2', { env: { FORKLESS_RUNG: '2' } }],
    ['on rung 4', { env: { FORKLESS_RUNG: '4' } }],
    ['where no timer can be made', { launcher: seccompRun('timerfd_create=EPERM') }],
    ['where no timer can be set', { launcher: seccompRun('timerfd_settime=EPERM') }],
  ];
  for (const [where, options] of odd)
    it(`by posixSpawn ${where}`, async () => {
      const seen = await runProgram(
        import.meta.url,
        'verdict-late',
        { scenario: 'copyOfReportPipe' },
        options,
      );
      expect(seen).to.equal('SIGKILL');
    });

  it('by posixSpawn where other code has closed the timer of the watcher, while starts are under way', async () => {
    const known = await runProgram(import.meta.url, 'verdict-late', { scenario: 'timerClosed' });
    expect(known).to.equal('SIGKILL');
  });
});

function failAfter(ms: number): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error('exec is not known')), ms).unref();
  });
}
