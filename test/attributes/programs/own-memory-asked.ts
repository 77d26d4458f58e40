// For capabilities.test.ts: what a child with these options sees of itself.
import type { SpawnAttributes } from 'forkless';
import { readParameters, say } from '../../support/in-program.js';
import { askProbe } from '../../support/probe.js';

say(await askProbe(readParameters<SpawnAttributes>()));
