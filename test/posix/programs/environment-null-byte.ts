// A Worker of environment.test.ts and arguments.test.ts with a null byte in its environment. Posts what each start gave.
import { parentPort } from 'node:worker_threads';
import { explain, posixSpawn, posixSpawnp, posixSpawnSync } from 'forkless';

process.env['SMUGGLED'] = 'a\0PATH=/elsewhere';
const codes: string[] = [];
for (const start of [posixSpawn, posixSpawnp, posixSpawnSync, explain])
  try {
    const child = await start('/bin/true', ['true']);
    if (typeof child !== 'string') await child.exited;
    codes.push('started');
  } catch (error) {
    codes.push(String((error as NodeJS.ErrnoException).code));
  }
parentPort?.postMessage(codes);
