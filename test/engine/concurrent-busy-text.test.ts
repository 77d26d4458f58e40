import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, copyFileSync, openSync } from 'node:fs';
import { expect } from 'chai';
import { posixSpawn } from 'forkless';
import { runWorker } from '../support/run-worker.js';
import { tempPath } from '../support/temp.js';

const WORKERS = 8;
const ROUNDS = 100;

describe('ETXTBSY', () => {
  it('is reported as such when the program is open for writing', async function () {
    const path = tempPath('program');
    copyFileSync('/bin/true', path);
    chmodSync(path, 0o755);
    const fd = openSync(path, 'r+');
    try {
      if (kernelDoesNotMind(path)) {
        console.error('SKIPPED: this kernel runs programs that are open for writing (6.11 and 6.12 do)');
        this.skip();
      }
      const error = await posixSpawn(path, ['true']).catch((error: unknown) => error);
      expect(error).to.include({ code: 'ETXTBSY', errno: -26, syscall: 'execve', step: 'execve', path });
    } finally {
      closeSync(fd);
    }
    expect(await (await posixSpawn(path, ['true'])).exited).to.include({ code: 0 });
  });

  // A neighbour's child holds the file open until its own exec: how often depends on the machine, so it is only shown.
  it('is all that can come of write, chmod, exec in 8 Workers', async () => {
    const results = await Promise.all(
      Array.from({ length: WORKERS }, () =>
        runWorker<Record<string, number>>(`
          import { chmodSync, rmSync, writeFileSync } from 'node:fs';
          import { parentPort } from 'node:worker_threads';
          import { posixSpawn } from 'forkless';
          const counts = {};
          for (let round = 0; round < ${ROUNDS}; round++) {
            const path = tempPath('script');
            writeFileSync(path, '#!/bin/true\\n');
            chmodSync(path, 0o755);
            const result = await posixSpawn(path, ['script']).then(
              async (child) => 'exit code ' + (await child.exited).code,
              (error) => error.code + ' at ' + error.step);
            counts[result] = (counts[result] ?? 0) + 1;
            rmSync(path);
          }
          parentPort.postMessage(counts);
        `),
      ),
    );
    const sum = new Map<string, number>();
    for (const [result, count] of results.flatMap((counts) => Object.entries(counts)))
      sum.set(result, (sum.get(result) ?? 0) + count);
    const busy = sum.get('ETXTBSY at execve') ?? 0;
    console.log(`      ETXTBSY in ${busy} of ${WORKERS * ROUNDS} rounds`);
    expect((sum.get('exit code 0') ?? 0) + busy, JSON.stringify([...sum])).to.equal(WORKERS * ROUNDS);
    expect(sum.get('exit code 0')).to.be.greaterThan(0);
  });
});

function kernelDoesNotMind(path: string): boolean {
  try {
    execFileSync(path);
    return true;
  } catch {
    return false;
  }
}
