// For first-start.test.ts: the numbers of the engine's reserve, if this program opens many descriptors before its first
// start, but not in its first second.
import { openSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { say } from '../../support/in-program.js';
import { reservedNumbers } from '../../support/proc.js';
import { until } from '../../support/until.js';

createRequire(import.meta.url)('forkless/register');
const isLoaded = () => readFileSync('/proc/self/maps', 'latin1').includes('forkless.node');
const atOnce = isLoaded();
await until('the engine is loaded', isLoaded, 20_000);
for (let count = 0; count < 3000; count++) openSync('/dev/null', 'r');
const { spawnSync } = await import('node:child_process');
say({ atOnce, status: spawnSync('true').status, reserved: reservedNumbers() });
