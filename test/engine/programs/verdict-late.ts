// For verdict-late.test.ts: a copy of the write end of a stuck child's report pipe stays open.
import { closeSync, openSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { posixSpawn } from 'forkless';
import { probeArgv, probePath } from '../../support/probe.js';
import { openDescriptors } from '../../support/proc.js';
import { runScenario } from '../../support/scenarios.js';
import { release, stuckOn, untilStuck } from '../../support/stuck.js';
import { makeFifo } from '../../support/temp.js';
import { openReportPipe, ownPipes } from '../report-pipe.js';

await runScenario({
  async copyOfReportPipe() {
    const fifo = makeFifo();
    const before = ownPipes();
    const starting = posixSpawn(probePath, probeArgv('block'), stuckOn(fifo));
    const [pid = 0] = await untilStuck(1);
    openReportPipe(pid, before);
    openSync(fifo, 'r+');
    const child = await starting;
    child.kill('SIGKILL');
    return (await child.exited).signal;
  },

  async timerClosed() {
    const [first, second] = [makeFifo(), makeFifo()];
    const starting = posixSpawn(probePath, probeArgv('block'), stuckOn(first));
    const [one] = await untilStuck(1);
    const before = ownPipes();
    const late = posixSpawn(probePath, probeArgv('block'), stuckOn(second));
    const both = await untilStuck(2);
    openReportPipe(both.find((pid) => pid !== one) ?? 0, before);
    // its last tick comes all the same: the stuck ones have copies of it
    for (const [fd, target] of openDescriptors()) if (target === 'anon_inode:[timerfd]') closeSync(fd);
    await wait(200);
    release(second);
    const child = await late;
    release(first);
    (await starting).kill('SIGKILL');
    child.kill('SIGKILL');
    return (await child.exited).signal;
  },
});
