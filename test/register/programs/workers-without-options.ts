import { Worker } from 'node:worker_threads';
import { say } from '../../support/in-program.js';
import { throughUs } from './kit.js';
import { messageOf, modern } from './worker-forms.js';

process.env['NODE_OPTIONS'] = '--no-warnings';
say([
  await throughUs(() => messageOf(new Worker(modern))),
  await throughUs(() => messageOf(new Worker(modern, { execArgv: [] }))),
]);
