import { Worker } from 'node:worker_threads';
import { say } from '../../support/in-program.js';

const program = new URL('./output-in-worker.js', import.meta.url);
let sum = 0;
for (let i = 0; i < 5; i++) {
  const worker = new Worker(program);
  const bytes = await new Promise<Uint8Array>((resolve) => worker.once('message', resolve));
  await worker.terminate();
  sum += bytes.length + bytes.reduce((total, byte) => total + byte, 0);
}
say(sum);
