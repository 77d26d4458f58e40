// For runner-hanging.test.ts: a child hangs in the exec of the runner, while the kernel closes what that must not have.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { SpawnError } from 'forkless';
import { features, posixSpawn, posixSpawnSync } from 'forkless';
import { say } from '../../support/in-program.js';
import { at } from '../../support/paths.js';
import { tempPath } from '../../support/temp.js';
import { until } from '../../support/until.js';

/** Several ticks of the watcher. */
const LONG_MS = 250;

posixSpawnSync('/bin/true', ['true'], { groups: [] }); // the runner has been tried
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
openSync(`${folder}/file`, 'r');

let outcome: unknown = 'pending';
const starting = posixSpawn('/no/such/program', ['x'], { groups: [] }).then(
  () => {
    outcome = 'started';
  },
  ({ code, step }: SpawnError) => {
    outcome = [code, step];
  },
);
await until('it hangs', () => said.includes('hangs'));
await wait(LONG_MS);
const meanwhile = outcome;
// the watcher has not been drawn in
const { code } = await (await posixSpawn('/bin/true', ['true'])).exited;
server.stdin.end();
await Promise.all([starting, closed]);
say({ runner: features().runner, meanwhile, code, outcome });
