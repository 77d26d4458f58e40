// For pid-namespace.test.ts: a Worker unshares, and the starts of the main thread stay where they were.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { spawnSync } from 'forkless/child_process';
import { say } from '../../support/in-program.js';
import { enterNamespace } from './namespaces.js';

await enterNamespace('own');
const worker = new Worker(new URL('./namespace-worker.js', import.meta.url));
const [worked] = await once(worker, 'message');
await worker.terminate();
const script = `test $PPID = ${process.pid} && echo mine`;
say({ worked, main: spawnSync('sh', ['-c', script], { encoding: 'utf8' }).stdout });
