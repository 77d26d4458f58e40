// For reaping.test.ts: how often SIGCHLD comes, after starts that fail and after a child that ends.
import type { PosixSpawnOptions } from 'forkless';
import { posixSpawn, posixSpawnSync } from 'forkless';
import { say } from '../../support/in-program.js';
import { stuckChildren } from '../../support/proc.js';
import { stuckOn } from '../../support/stuck.js';
import { makeFifo } from '../../support/temp.js';
import { until } from '../../support/until.js';
import { outcome, outcomes } from '../reaping-outcomes.js';

let count = 0;
process.on('SIGCHLD', () => count++);
const failing: [path: string, options: PosixSpawnOptions][] = [
  ['/no/such/program', {}],
  ['/bin/true', { cwd: '/no/such' }],
  ['/bin/true', { fds: [77] }],
];
for (const start of [posixSpawn, posixSpawnSync])
  await outcomes(60, (index) => {
    const [path = '', options] = failing[index % 3] ?? [];
    return outcome(start, path, ['x'], options);
  });
const started = posixSpawn('/bin/true', ['true'], stuckOn(makeFifo()));
process.kill(await until('a child is stuck', () => stuckChildren()[0]), 'SIGKILL');
await started.catch(() => {});
const afterFailures = count;
await (await posixSpawn('/bin/true', ['true'])).exited;
await until('SIGCHLD has come', () => count > 0);
say([afterFailures, count]);
