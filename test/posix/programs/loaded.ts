// For api.test.ts: whether an import has loaded the engine, and how many descriptors its reserve has.
import { readFileSync } from 'node:fs';
import { say } from '../../support/in-program.js';
import { reservedNumbers } from '../../support/proc.js';

await import('forkless');
say([readFileSync('/proc/self/maps', 'latin1').includes('forkless.node'), reservedNumbers().length]);
