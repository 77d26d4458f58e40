import { Worker } from 'node:worker_threads';
import { say } from '../../support/in-program.js';
import { childrenOf, openDescriptors } from '../../support/proc.js';
import { until } from '../../support/until.js';

const before = openDescriptors().size;
const shared = new Int32Array(new SharedArrayBuffer(4));
const worker = new Worker(new URL('./halted-in-worker.js', import.meta.url), { workerData: { shared } });
await until('it is started', () => Atomics.load(shared, 0) === 1);
await until('the program runs', () => childrenOf().some(({ command }) => command === 'sleep'));
await worker.terminate();
for (const { pid } of childrenOf()) process.kill(pid, 'SIGKILL');
await until('it is reaped', () => childrenOf().length === 0);
say(openDescriptors().size - before);
