// For flat-hanging.test.ts: a child hangs in the closing of a file while a held neighbour has borrowed a slot for its pipe.
import { closeSync, openSync, read } from 'node:fs';
import type { PosixSpawnOptions, Process } from 'forkless';
import { features, openPipe, posixSpawn } from 'forkless';
import { mountHangingFs } from '../../support/hanging-fs.js';
import { readParameters, say } from '../../support/in-program.js';
import { probeArgv, probePath } from '../../support/probe.js';
import { until } from '../../support/until.js';
import { tables } from '../flat-meddle.js';

const { options } = readParameters<{ options: PosixSpawnOptions }>();
const argv = probeArgv('exit', 7);
const start = (given: PosixSpawnOptions = {}): Promise<Process> =>
  posixSpawn(probePath, argv, { cloexecDefault: true, ...given });
const codeOf = async (child: Promise<Process>): Promise<number | null> => (await (await child).exited).code;

await codeOf(start());
await codeOf(start(options)); // and whether the runner works is known
await codeOf(start()); // flat, and so not waited for any more

const hangingFs = await mountHangingFs();
const [readFd, writeFd] = openPipe();
closeSync(3);
const file = openSync(hangingFs.file, 'r'); // lower than the reserve, and so closed first

tables.installHold();
tables.holdNext(1);
const neighbour = start({ fds: [null, writeFd] });
const pid = await until('it is held', () => tables.heldStarts()[0]);
closeSync(writeFd);
const { flat: flatBefore } = features();
const hanging = start(options);
const flat = features().flat - flatBefore;
await hangingFs.untilHangs();
tables.letGo(pid);
const codes = [await codeOf(neighbour)];
let end: unknown;
read(readFd, Buffer.alloc(1), 0, 1, null, (error, count) => {
  end = error ?? count;
});
await until('the pipe ends', () => end !== undefined);
const gone = hangingFs.letGo();
codes.push(await codeOf(hanging));
await gone;
say({ file, flat, end, codes });
