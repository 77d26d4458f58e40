// Runs as the primary and as its workers, which get the module in the environment.
import type { Worker } from 'node:cluster';
import cluster from 'node:cluster';
import { once } from 'node:events';
import http from 'node:http';
import { door } from './door.js';

if (door === 'forkless/child_process') await import('forkless/register');
if (cluster.isPrimary) await runPrimary();
else
  http
    .createServer((_request, response) => response.end(`worker ${process.env['N']}`))
    .listen(0, '127.0.0.1');

async function runPrimary(): Promise<void> {
  process.env['DOOR'] = door;
  const events: string[] = [];
  for (const event of ['fork', 'online', 'listening', 'disconnect', 'exit'])
    cluster.on(event, (worker: Worker) => events.push(event + worker.id));
  const workers = [cluster.fork({ N: 1 }), cluster.fork({ N: 2 })];
  const ports = await Promise.all(workers.map(async (worker) => (await once(worker, 'listening'))[0].port));
  const answers: string[] = [];
  for (let n = 0; n < 4; n += 1) {
    const answer = await fetch(`http://127.0.0.1:${ports[0]}`, { headers: { connection: 'close' } });
    answers.push(await answer.text());
  }
  console.log(new Set(answers).size, answers.sort().join());
  const gone = Promise.all(workers.map((worker) => once(worker, 'exit')));
  cluster.disconnect(() => console.log('disconnected'));
  console.log(JSON.stringify(await gone));
  console.log(events.sort().join());
}
