// A Worker that writes a program and starts it, again and again. Posts how often which result came of it.
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { posixSpawn } from 'forkless';

const { prefix, rounds, cloexecDefault } = workerData as {
  prefix: string;
  rounds: number;
  cloexecDefault: boolean;
};
const counts: Record<string, number> = {};
for (let round = 0; round < rounds; round++) {
  const path = `${prefix}${round}`;
  writeFileSync(path, '#!/bin/true\n');
  chmodSync(path, 0o755);
  const result = await posixSpawn(path, ['script'], { cloexecDefault }).then(
    async (child) => `exit code ${(await child.exited).code}`,
    ({ code, step }) => `${code} at ${step}`,
  );
  counts[result] = (counts[result] ?? 0) + 1;
  rmSync(path);
}
parentPort?.postMessage(counts);
