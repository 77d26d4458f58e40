// For verdict.test.ts: starts all programs of a folder in each way. Says our pid and their exit codes.
import { readdirSync } from 'node:fs';
import { posixSpawn, posixSpawnSync } from 'forkless';
import { readParameters, say } from '../../support/in-program.js';

const { folder } = readParameters<{ folder: string }>();
const codes: unknown[] = [];
for (const name of readdirSync(folder))
  for (const start of [posixSpawn, posixSpawnSync])
    for (const setsid of [false, true])
      try {
        const child = await start(`${folder}/${name}`, ['x'], { setsid });
        codes.push((await child.exited).code);
      } catch (error) {
        codes.push((error as NodeJS.ErrnoException).code);
      }
say([process.pid, codes]);
