import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { readParameters } from '../../support/in-program.js';
import { cp } from './door.js';

const { afterWorker } = readParameters<{ afterWorker: boolean }>();
if (afterWorker) await once(new Worker('', { eval: true }), 'exit');
const script = 'printf "%s" "$ODD" | od -An -tx1';
for (const options of [{}, { env: process.env }, { env: { ...process.env } }]) {
  const child = cp.spawn('/bin/sh', ['-c', script], options);
  for await (const text of child.stdout) process.stdout.write(text);
  process.stdout.write(cp.execFileSync('/bin/sh', ['-c', script], options));
}
