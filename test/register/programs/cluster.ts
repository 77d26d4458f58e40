import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import { say } from '../../support/in-program.js';
import { countStarts } from './kit.js';

// Not by a static import: it takes fork of node:child_process when it is loaded, and must find ours there.
const { default: cluster } = await import('node:cluster');

if (cluster.isPrimary) await runPrimary();
else runWorker();

async function runPrimary(): Promise<void> {
  const before = countStarts();
  const workers = [cluster.fork(), cluster.fork({ GREETING: 'hello' })];
  const [[{ port }]] = await Promise.all(
    workers.map((worker) => once(worker, 'message')) as [Promise<[AddressInfo]>],
  );
  const answers: string[] = [];
  for (let i = 0; i < 4; i++) {
    let text = '';
    for await (const chunk of connect(port, '127.0.0.1').setEncoding('utf8')) text += chunk;
    answers.push(text);
  }
  const exits = workers.map((worker) => once(worker, 'exit'));
  for (const worker of workers) worker.send('end');
  say({ starts: countStarts() - before, answers: answers.sort(), exits: await Promise.all(exits) });
}

function runWorker(): void {
  const server = createServer((socket) => socket.end(process.env['GREETING'] ?? 'hi'));
  server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
  process.once('message', () => process.exit(3));
}
