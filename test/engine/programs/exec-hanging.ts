// For exec-hanging.test.ts: while a child hangs in exec, another start comes to its end.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import type { PosixSpawnOptions } from 'forkless';
import { posixSpawn } from 'forkless';
import { readParameters, say } from '../../support/in-program.js';
import { at } from '../../support/paths.js';
import { probeArgv, probePath } from '../../support/probe.js';
import { tempPath } from '../../support/temp.js';
import { until } from '../../support/until.js';

const { options } = readParameters<{ options: PosixSpawnOptions }>();
const codeOf = async (given: PosixSpawnOptions): Promise<number | null> =>
  (await (await posixSpawn(probePath, probeArgv('exit', 7), given)).exited).code;
await codeOf(options);

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
// above the report pipe, which a child then closes first: the parent sees that, and asks how far it is
const low = Array.from({ length: 16 }, () => openSync('/dev/null', 'r'));
openSync(`${folder}/file`, 'r');
for (const fd of low) closeSync(fd);

const hanging = codeOf(options);
await until('it hangs', () => said.includes('hangs'));
const other = await codeOf(options);
server.stdin.end();
say({ other, hanging: await hanging });
await closed;
