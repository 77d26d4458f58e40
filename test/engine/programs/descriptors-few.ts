// For descriptors-full-table.test.ts: starts with few free descriptors, and what they leave.
import { features, posixSpawn, posixSpawnSync } from 'forkless';
import { say } from '../../support/in-program.js';
import { probeArgv, probePath } from '../../support/probe.js';
import { childrenOf, openDescriptors } from '../../support/proc.js';
import { outcomeOf, withFewFree } from '../tight-table.js';

const argv = probeArgv('exit', 0);
const starts: object[] = [];
await withFewFree(0, () => {});
const before = openDescriptors();
for (const [door, start] of Object.entries({ posixSpawn, posixSpawnSync }))
  for (let free = 0; free <= 8; free++) {
    const { outcome, started } = await withFewFree(free, async () => {
      const counted = countStarts();
      const outcome = await outcomeOf(() => start(probePath, argv));
      return { outcome, started: countStarts() - counted };
    });
    const after = openDescriptors();
    const left = [...after].filter(([fd, target]) => before.get(fd) !== target).map(String);
    for (const fd of before.keys()) if (!after.has(fd)) left.push(`closed ${fd}`);
    for (const { pid } of childrenOf()) left.push(`child ${pid}`);
    starts.push({ door, free, outcome, started, left });
  }
say(starts);

function countStarts(): number {
  return Object.values(features().rungs).reduce((sum, rung) => sum + rung, 0);
}
