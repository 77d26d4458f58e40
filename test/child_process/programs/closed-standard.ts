import type { StdioOptions } from 'node:child_process';
import { closeSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'forkless/child_process';
import { readParameters } from '../../support/in-program.js';

const { path } = readParameters<{ path: string }>();
for (const fd of [0, 1, 2]) closeSync(fd);
const script = 'cat; echo 1; echo 2 >&2';
const ask = (more: { stdio?: StdioOptions }) => {
  const { status, output } = spawnSync('/bin/sh', ['-c', script], { input: '0', encoding: 'utf8', ...more });
  return { status, output };
};
writeFileSync(path, JSON.stringify([ask({}), ask({ stdio: ['pipe', 'pipe', 'pipe', 'pipe'] })]));
