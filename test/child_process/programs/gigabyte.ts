import { spawnSync } from 'forkless/child_process';
import { say } from '../../support/in-program.js';

const before = process.memoryUsage.rss();
const { stdout, status } = spawnSync('head', ['-c', String(2 ** 30), '/dev/zero'], {
  maxBuffer: Infinity,
});
const peak = process.resourceUsage().maxRSS * 1024;
say({
  length: stdout.length,
  grownMb: (peak - before) / 2 ** 20,
  ok: status === 0 && stdout[2 ** 30 - 1] === 0,
});
