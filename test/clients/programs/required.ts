import type childProcess from 'node:child_process';
import { createRequire } from 'node:module';
import { throughUs } from '../../register/programs/kit.js';
import { say } from '../../support/in-program.js';
import { seen } from './seen.js';

const cp: typeof childProcess = createRequire(import.meta.url)('child_process');
cp.spawnSync('true');
say({ seen, spawn: await throughUs(() => cp.spawn('true')) });
