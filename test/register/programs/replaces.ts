// Says whether forkless/register has replaced anything, what the drop-in is, and, if asked to, what a started
// program has written. features() would load the engine.
import childProcess from 'node:child_process';
import { createRequire } from 'node:module';
import workerThreads from 'node:worker_threads';
import { readParameters, say } from '../../support/in-program.js';
import { at } from '../../support/paths.js';

const all = () => [...Object.values(childProcess), workerThreads.Worker, process.env['NODE_OPTIONS']];
const before = all();
await import('forkless/register');
const after = all();
const output = readParameters<boolean>()
  ? childProcess.execFileSync('echo', ['hi'], { encoding: 'utf8' })
  : '';
const { dropIn } = createRequire(import.meta.url)(at('dist/early.js')).modules['drop-in.js']();
say({ same: after.every((value, index) => value === before[index]), output, ...dropIn });
