// For reaping.test.ts: children whose end nobody waits for.
import { posixSpawn } from 'forkless';
import { say } from '../../support/in-program.js';
import { probeArgv, probePath } from '../../support/probe.js';
import { childrenOf } from '../../support/proc.js';
import { until } from '../../support/until.js';

for (let i = 0; i < 100; i++) await posixSpawn(probePath, probeArgv('exit', 0));
await until('no child is left', () => childrenOf().length === 0);
say('done');
