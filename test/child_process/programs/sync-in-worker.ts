import { parentPort } from 'node:worker_threads';
import { spawnSync } from 'forkless/child_process';

const wrong: number[] = [];
for (let i = 0; i < 25; i++) {
  const input = String(Math.random()).repeat(10_000);
  const { stdout, status } = spawnSync('cat', { input, encoding: 'utf8' });
  if (status !== 0 || stdout !== input) wrong.push(i);
}
parentPort?.postMessage(wrong);
