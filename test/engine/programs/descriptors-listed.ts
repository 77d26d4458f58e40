// For descriptors-listed.test.ts: what comes of a dup2 from each number that the child's own descriptor could have.
import type { PosixSpawnOptions } from 'forkless';
import { FileActions, posixSpawnSync } from 'forkless';
import { lowestFree } from '../../support/descriptor-table.js';
import { say } from '../../support/in-program.js';
import { probeArgv, probePath } from '../../support/probe.js';

const found: Record<number, unknown> = {};
await outcomeOf({ cloexecDefault: true });
for (const fd of lowestFree(5))
  found[fd] = await outcomeOf({ cloexecDefault: true, fileActions: new FileActions().addDup2(fd, 1) });
say(found);

async function outcomeOf(options: PosixSpawnOptions): Promise<number | string | null> {
  try {
    return (await posixSpawnSync(probePath, probeArgv('exit', 0), options).exited).code;
  } catch (error) {
    const { code, step, fd } = error as { code: string; step: string; fd: number };
    return `${code} at ${step} of ${fd}`;
  }
}
