import { Worker } from 'node:worker_threads';
import { spawn } from 'forkless/child_process';
import { say } from '../../support/in-program.js';
import { openSockets } from '../../support/proc.js';
import { until } from '../../support/until.js';

spawn('/bin/true', { stdio: 'ignore' });
const before = openSockets();
let started = 0;
for (let round = 0; round < 10; round++) {
  const worker = new Worker(new URL('./starting-in-worker.js', import.meta.url));
  let heard = 0;
  await new Promise<void>((resolve) =>
    worker.on('message', () => {
      if (++heard === 20) resolve();
    }),
  );
  await worker.terminate();
  started += heard;
}
await until('all streams are closed', () => openSockets() - before < 12, 5000);
say({ left: openSockets() - before, started });
process.exit();
