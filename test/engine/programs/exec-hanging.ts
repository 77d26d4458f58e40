// For exec-hanging.test.ts: while a child hangs in exec, another start comes to its end.
import { closeSync, openSync } from 'node:fs';
import type { PosixSpawnOptions } from 'forkless';
import { posixSpawn } from 'forkless';
import { mountHangingFs } from '../../support/hanging-fs.js';
import { readParameters, say } from '../../support/in-program.js';
import { probeArgv, probePath } from '../../support/probe.js';

const { options } = readParameters<{ options: PosixSpawnOptions }>();
const codeOf = async (given: PosixSpawnOptions): Promise<number | null> =>
  (await (await posixSpawn(probePath, probeArgv('exit', 7), given)).exited).code;
await codeOf(options);

const hangingFs = await mountHangingFs();
// above the report pipe, which a child then closes first: the parent sees that, and asks how far it is
const low = Array.from({ length: 16 }, () => openSync('/dev/null', 'r'));
openSync(hangingFs.file, 'r');
for (const fd of low) closeSync(fd);

const hanging = codeOf(options);
await hangingFs.untilHangs();
const other = await codeOf(options);
const gone = hangingFs.letGo();
say({ other, hanging: await hanging });
await gone;
