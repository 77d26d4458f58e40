// For descriptors-default-deny.test.ts: 20 to 79 are inheritable here, and all below 20 are taken: the report pipe finds
// the numbers that are closed here, and no others.
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { PosixSpawnOptions } from 'forkless';
import { FileActions, posixSpawn, posixSpawnSync } from 'forkless';
import { spawnSync } from 'forkless/child_process';
import { readParameters } from '../../support/in-program.js';
import { meddle } from '../../support/meddle.js';
import type { ProbeReport, Start } from '../../support/probe.js';
import { probeArgv, probePath } from '../../support/probe.js';
import { runScenario } from '../../support/scenarios.js';
import { tempPath } from '../../support/temp.js';

const { rules = '' } = readParameters<{ rules?: string }>();

function fill(): void {
  let fd: number;
  do fd = openSync('/dev/null', 'r');
  while (fd < 80);
  closeSync(fd);
}

function numbersIn(report: string): number[] {
  const { fds }: ProbeReport = JSON.parse(readFileSync(report, 'utf8'));
  return fds.map(({ fd }) => fd);
}

async function numbersWith(start: Start, options: PosixSpawnOptions): Promise<number[]> {
  const report = tempPath('report');
  const argv = probeArgv('report-to', report);
  const child = await start(probePath, argv, { cloexecDefault: true, ...options });
  await child.exited;
  return numbersIn(report);
}

await runScenario({
  async neighbours() {
    await numbersWith(posixSpawn, {});
    fill();
    const wrong: unknown[] = [];
    // its first place, and the one above all that is named, each between two that are inheritable
    for (const first of [30, 50])
      for (const moved of [41, 60, 79])
        for (const named of [[22], [40], [40, 22]]) {
          for (const fd of [first, first + 2, first + 4, moved]) closeSync(fd);
          for (const start of [posixSpawn, posixSpawnSync]) {
            const numbers = await numbersWith(start, { fds: [null, null, null, ...named] });
            const wanted = named.map((_, index) => 3 + index);
            if (numbers.join() !== wanted.join()) wrong.push([first, moved, named, numbers]);
          }
          for (const fd of [first, first + 2, first + 4, moved]) meddle.dup2(21, fd);
        }
    return wrong;
  },

  async sources() {
    await numbersWith(posixSpawn, {});
    const report = tempPath('report');
    const args = probeArgv('report-to', report).slice(1);
    const { status } = spawnSync(probePath, args, { stdio: [20, 79, 45] });
    return [
      status,
      numbersIn(report),
      await numbersWith(posixSpawn, { fds: [20, 21, 79] }),
      await numbersWith(posixSpawnSync, { fds: [79, 79, 20, 22] }),
    ];
  },

  async threeTimes() {
    meddle.installSeccomp(rules, false);
    const numbers: number[][] = [];
    for (let i = 0; i < 3; i++) numbers.push(await numbersWith(posixSpawnSync, { fds: [20, 21, 79] }));
    return numbers;
  },

  // the probe asks for its limits itself
  listedThreeTimes() {
    meddle.installSeccomp(rules, false);
    const list = () =>
      spawnSync('/bin/ls', ['/proc/self/fd'], { encoding: 'utf8', stdio: [20, 'pipe', 79] }).stdout;
    return [list(), list(), list()];
  },

  async movedReportPipe() {
    await numbersWith(posixSpawn, {});
    const [first, second] = [openSync('/dev/null', 'r'), openSync('/dev/null', 'r')];
    closeSync(first);
    closeSync(second);
    meddle.setSoftNofile(64);
    const outcomeOf = (fileActions: FileActions): Promise<unknown> =>
      posixSpawn('/bin/true', ['true'], { fileActions }).then(
        async ({ exited }) => (await exited).code,
        ({ code, step, fd }) => [code, step, fd === first],
      );
    return [
      await outcomeOf(new FileActions().addClose(63).addDup2(first, second)),
      await outcomeOf(new FileActions().addClose(63).addDup2(1, second)),
    ];
  },
});
