import { spawn, spawnSync } from 'forkless/child_process';
import { say } from '../../support/in-program.js';
import { throughUs } from './kit.js';
import { hook } from './native.js';
import { calls } from './observed.js';

const before = await throughUs(() => spawnSync('true'));
hook('sync');
hook('async');
const { error } = spawnSync('/no/such/program');
say([
  before,
  (error as NodeJS.ErrnoException | undefined)?.code,
  await throughUs(() => spawn('true')),
  calls,
]);
