import { deepEqual } from 'node:assert/strict';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Checks } from './checks.js';
import { startShell } from './running.js';

export const workers: Checks = {
  'Workers start processes beside the main thread': async () => {
    const threads = [10, 20, 30].map(async (first) => {
      const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: first });
      const [codes] = await once(worker, 'message');
      await worker.terminate();
      return codes;
    });
    const own = await (await startShell('exit 9')).exited;
    deepEqual(
      [own.code, ...(await Promise.all(threads))],
      [9, ...[10, 20, 30].map((first) => [first, first + 1])],
    );
  },
};
