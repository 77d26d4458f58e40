// Says whether forkless/register has replaced anything, and what the drop-in is. features() would load the engine.
import childProcess from 'node:child_process';
import workerThreads from 'node:worker_threads';
import { say } from '../../support/in-program.js';

const all = () => [...Object.values(childProcess), workerThreads.Worker, process.env['NODE_OPTIONS']];
const before = all();
await import('forkless/register');
const after = all();
const { dropIn } = await import('#lib/drop-in.js');
say({ same: after.every((value, index) => value === before[index]), ...dropIn });
