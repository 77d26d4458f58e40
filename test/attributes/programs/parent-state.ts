// For ids.test.ts and users.test.ts: what 300 children of one kind, or `count`, leave of this process.
import type { PosixSpawnOptions } from 'forkless';
import { features, posixSpawn, posixSpawnSync } from 'forkless';
import { readParameters, say } from '../../support/in-program.js';
import { meddle } from '../../support/meddle.js';
import type { Start } from '../../support/probe.js';
import { processState } from '../../support/process-state.js';

const {
  options,
  dumpable,
  count = 300,
} = readParameters<{ options: PosixSpawnOptions; dumpable?: number; count?: number }>();
if (dumpable !== undefined) meddle.setDumpable(dumpable);
await run(posixSpawn);
const before = processState();
for (let i = 0; i < count - 1; i++) await run(i % 2 ? posixSpawnSync : posixSpawn);
say({ before, after: processState(), rungs: features().rungs });

async function run(start: Start): Promise<void> {
  await (await start('/bin/true', ['true'], options)).exited;
}
