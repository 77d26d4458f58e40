// In two Workers, and then in the program itself.
import { once } from 'node:events';
import { SHARE_ENV, Worker } from 'node:worker_threads';
import { door } from './door.js';

const program = new URL('./environment-in-worker.js', import.meta.url);
for (const env of [SHARE_ENV, { T_WORKER: '1', A: '2', PATH: process.env['PATH'] }] as const) {
  const worker = new Worker(program, { env, workerData: { door }, stdout: true });
  worker.stdout.setEncoding('utf8');
  const [output] = await Promise.all([worker.stdout.toArray(), once(worker, 'exit')]);
  console.log(output.join(''));
}
await import(program.href);
