// For runner-hanging.test.ts: a child hangs in the exec of the runner, while the kernel closes what that must not have.
import { openSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { SpawnError } from 'forkless';
import { features, posixSpawn, posixSpawnSync } from 'forkless';
import { mountHangingFs } from '../../support/hanging-fs.js';
import { say } from '../../support/in-program.js';

/** Several ticks of the watcher. */
const LONG_MS = 250;

posixSpawnSync('/bin/true', ['true'], { groups: [] }); // the runner has been tried
const hangingFs = await mountHangingFs();
openSync(hangingFs.file, 'r');

let outcome: unknown = 'pending';
const starting = posixSpawn('/no/such/program', ['x'], { groups: [] }).then(
  () => {
    outcome = 'started';
  },
  ({ code, step }: SpawnError) => {
    outcome = [code, step];
  },
);
await hangingFs.untilHangs();
await wait(LONG_MS);
const meanwhile = outcome;
// the watcher has not been drawn in
const { code } = await (await posixSpawn('/bin/true', ['true'])).exited;
const gone = hangingFs.letGo();
await Promise.all([starting, gone]);
say({ runner: features().runner, meanwhile, code, outcome });
