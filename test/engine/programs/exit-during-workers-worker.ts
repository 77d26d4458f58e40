// A Worker of exit-during-workers.ts: eight starts at a time, without end.
import { parentPort } from 'node:worker_threads';
import { posixSpawn } from 'forkless';

parentPort?.postMessage('ready');
for (;;)
  await Promise.all(Array.from({ length: 8 }, async () => (await posixSpawn('/bin/true', ['true'])).exited));
