import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, copyFileSync, openSync } from 'node:fs';
import { expect } from 'chai';
import { posixSpawn } from 'forkless';
import { programUrl } from '../support/program.js';
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
  it(`is the only error where ${WORKERS} Workers write programs and start them`, async () => {
    const results = await Promise.all(
      Array.from({ length: WORKERS }, () =>
        runWorker<Record<string, number>>(programUrl(import.meta.url, 'writer-worker'), {
          prefix: tempPath('script'),
          rounds: ROUNDS,
          cloexecDefault: false,
        }),
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
