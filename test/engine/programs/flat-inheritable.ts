// For flat-neighbours.test.ts: what flat children have of descriptors that are not close-on-exec.
import { openSync } from 'node:fs';
import { posixSpawn, posixSpawnSync } from 'forkless';
import { say } from '../../support/in-program.js';
import { meddle } from '../../support/meddle.js';
import { askProbe, probeArgv, probePath } from '../../support/probe.js';
import { crowd, flatStarts, uncrowd } from '../flat-crowd.js';

posixSpawnSync(probePath, probeArgv('exit', 0));
uncrowd(crowd(900).filter((fd) => fd % 100 === 0));
const file = openSync('/dev/full', 'r');
for (const fd of [500, 901, 1400, 2100, 2101, 3000]) meddle.dup2(file, fd);
meddle.setSoftNofile(2100);
const tables: string[][] = [];
const flat = await flatStarts(async () => {
  for (const start of [posixSpawn, posixSpawnSync])
    for (const fds of [[], [file, 1400]]) {
      const report = await askProbe({ cloexecDefault: true, fds }, start);
      tables.push(report.fds.map(({ fd, target }) => `${fd} ${target}`));
    }
});
say({ tables, flat });
