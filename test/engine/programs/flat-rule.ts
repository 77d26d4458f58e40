// For flat-rule.test.ts: which starts are flat.
import { once } from 'node:events';
import { closeSync, fstatSync } from 'node:fs';
import type { PosixSpawnOptions } from 'forkless';
import { features, openPipe, posixSpawn, posixSpawnSync } from 'forkless';
import * as childProcess from 'forkless/child_process';
import { readParameters } from '../../support/in-program.js';
import { askProbe, probePath } from '../../support/probe.js';
import { reservedNumbers } from '../../support/proc.js';
import { runScenario } from '../../support/scenarios.js';
import { until } from '../../support/until.js';
import { crowd, flatStarts, SLOTS, uncrowd } from '../flat-crowd.js';
import { outcomeOf, withFewFree } from '../tight-table.js';
import { argv, codes, quiet, start, times } from './flat-rule-starts.js';

const { options } = readParameters<{ options?: PosixSpawnOptions }>();

// The first start of a process is plain: only then is it known on which rung it is.
start();

await runScenario({
  async fewAndMany() {
    crowd(300);
    const few = await flatStarts(() => times(40, start));
    const many = crowd(500);
    const firstOfMany = await flatStarts(start);
    const ofMany = await flatStarts(() => times(40, start));
    uncrowd(many);
    times(16, start);
    const fewAgain = await flatStarts(() => times(40, start));
    return { few, firstOfMany, many: ofMany, fewAgain };
  },

  async manyWithLowNumbersFree() {
    const many = crowd(700);
    uncrowd(many.splice(0, 4));
    const first = await flatStarts(() => times(16, start));
    return [first, await flatStarts(() => times(40, start))];
  },

  async closedReserve() {
    for (const fd of reservedNumbers()) closeSync(fd);
    times(32, start);
    const numbers = reservedNumbers();
    crowd(700);
    return {
      low: numbers.length > 0 && Math.max(...numbers) < 300,
      reserve: numbers.length,
      flat: await flatStarts(() => times(40, start)),
    };
  },

  async everyDoor() {
    crowd(800);
    times(16, start);
    const counts: Record<string, number[]> = {};
    const count = async (name: string, run: () => unknown): Promise<void> => {
      const { 1: before } = features().rungs;
      const flat = await flatStarts(run);
      counts[name] = [flat, features().rungs[1] - before];
    };
    await count('posixSpawnSync', () => times(20, start));
    await count('posixSpawn', async () => {
      for (let i = 0; i < 20; i++) await (await posixSpawn(probePath, argv, { cloexecDefault: true })).exited;
    });
    await count('a missing program', async () => {
      for (let i = 0; i < 20; i++)
        await posixSpawn('/no/such/program', ['x'], { cloexecDefault: true }).catch(() => {});
    });
    await count('spawn', async () => {
      for (let i = 0; i < 20; i++) await once(childProcess.spawn(probePath, argv.slice(1)), 'close');
    });
    await count('spawnSync', () => times(20, () => childProcess.spawnSync(probePath, argv.slice(1))));
    return counts;
  },

  async withOptions() {
    crowd(800);
    const flat = await flatStarts(() => times(40, () => start(options)));
    return { flat, code: await codes(1, options) };
  },

  async manySources() {
    const counts: number[] = [];
    const wrong: unknown[] = [];
    for (const sources of [SLOTS - 5, SLOTS]) {
      const fds = [0, 1, 2, ...Array.from({ length: sources }, () => openPipe()[0])];
      const before = features().flat;
      const report = await askProbe({ fds, cloexecDefault: true });
      counts.push(features().flat - before);
      const seen = report.fds.map(({ fd, ino }) => `${fd} ${ino}`);
      const expected = fds.map((source, slot) => `${slot} ${fstatSync(source).ino}`);
      if (seen.join() !== expected.join()) wrong.push({ seen, expected });
    }
    return { counts, wrong };
  },

  async fewFree() {
    await (await posixSpawn(probePath, argv)).exited;
    start();
    const outcomes: object[] = [];
    // Node closes files of the program's start a little later. They would be missed after the first round.
    let open = await quiet();
    await until('as many are open as a moment before', async () => {
      const earlier = open;
      open = await quiet();
      return open === earlier;
    });
    for (const door of [posixSpawn, posixSpawnSync])
      for (let free = 0; free <= 6; free++) {
        const before = await quiet();
        let outcome: object = {};
        const flat = await flatStarts(() =>
          withFewFree(free, async () => {
            outcome = await outcomeOf(() => door(probePath, argv, { cloexecDefault: true }));
          }),
        );
        const left = (await quiet()) - before;
        outcomes.push({ free, flat, ...outcome, left, reserve: reservedNumbers().length });
      }
    return outcomes;
  },
});
