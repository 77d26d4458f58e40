// For flat-hanging.test.ts: a child hangs in the closing of a file while a held neighbour has borrowed a slot for its pipe.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, read } from 'node:fs';
import type { PosixSpawnOptions, Process } from 'forkless';
import { features, openPipe, posixSpawn } from 'forkless';
import { readParameters, say } from '../../support/in-program.js';
import { at } from '../../support/paths.js';
import { probeArgv, probePath } from '../../support/probe.js';
import { tempPath } from '../../support/temp.js';
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

const folder = tempPath('hanging');
const server = spawn('python3', [at('test/native/helpers/hanging_fs.py'), folder], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
const closed = once(server, 'close');
let said = '';
server.stdout.on('data', (text) => {
  said += text;
});
await until('it is mounted', () => said.includes('ready'));
const [readFd, writeFd] = openPipe();
closeSync(3);
const file = openSync(`${folder}/file`, 'r'); // lower than the reserve, and so closed first

tables.installHold();
tables.holdNext(1);
const neighbour = start({ fds: [null, writeFd] });
const pid = await until('it is held', () => tables.heldStarts()[0]);
closeSync(writeFd);
const { flat: flatBefore } = features();
const hanging = start(options);
const flat = features().flat - flatBefore;
await until('it hangs', () => said.includes('hangs'));
tables.letGo(pid);
const codes = [await codeOf(neighbour)];
let end: unknown;
read(readFd, Buffer.alloc(1), 0, 1, null, (error, count) => {
  end = error ?? count;
});
await until('the pipe ends', () => end !== undefined);
server.stdin.end();
codes.push(await codeOf(hanging));
await closed;
say({ file, flat, end, codes });
