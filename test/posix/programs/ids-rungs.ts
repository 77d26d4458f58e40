// For descriptors-default-deny.test.ts: on which rungs children of the drop-in are whose ids change.
import { once } from 'node:events';
import { features } from 'forkless';
import { spawn, spawnSync } from 'forkless/child_process';
import { say } from '../../support/in-program.js';

spawnSync('/bin/true');
const counts: number[][] = [];
for (const ids of [{ uid: 65534 }, { gid: 65534 }, { uid: 65534, gid: 65534 }, { uid: 0 }, { groups: [1] }]) {
  const before = features().rungs;
  spawnSync('/bin/true', ids);
  await once(spawn('/bin/true', ids), 'close');
  const after = features().rungs;
  counts.push(([1, 2, 3, 4] as const).map((rung) => after[rung] - before[rung]));
}
say(counts);
