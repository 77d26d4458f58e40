import childProcess, { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { say } from '../../support/in-program.js';
import { dropIn, throughUs } from './kit.js';
import { warnings } from './observed.js';

const OURS = 'ForklessWarning: ';
const [inWorker] = await once(new Worker(new URL('./hooked-worker.js', import.meta.url)), 'message');
say({
  hooked: import.meta.resolve('child_process') === 'copy:node:child_process',
  names: [await throughUs(() => spawn('true')), await throughUs(() => spawnSync('true')), inWorker],
  object: [
    await throughUs(() => childProcess.spawn('true')),
    await throughUs(() => process.getBuiltinModule('child_process').spawnSync('true')),
  ],
  childProcess: dropIn(),
  warnings: warnings.filter((text) => text.startsWith(OURS)).map((text) => text.slice(OURS.length)),
});
