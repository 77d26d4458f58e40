import { spawnSync } from 'forkless/child_process';
import { readParameters, say } from '../../support/in-program.js';

const { size, pausing } = readParameters<{ size: number; pausing: boolean }>();
const before = process.memoryUsage.rss();
for (let i = 0; i < 60; i++) {
  spawnSync('head', ['-c', `${size}`, '/dev/zero'], { maxBuffer: Number.POSITIVE_INFINITY });
  globalThis.gc?.();
  if (pausing) await new Promise(setImmediate);
}
say((process.memoryUsage.rss() - before) / 2 ** 20);
