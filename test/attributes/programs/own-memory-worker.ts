// A Worker of memory.test.ts: what its children see.
import { parentPort, workerData } from 'node:worker_threads';
import type { SpawnAttributes } from 'forkless';
import { posixSpawnSync } from 'forkless';
import { execFileSync } from 'forkless/child_process';
import { askProbe } from '../../support/probe.js';

const options = workerData as SpawnAttributes;
const of = ({ thpDisabled }: { thpDisabled: number }) => thpDisabled;
const score = execFileSync('/bin/cat', ['/proc/self/oom_score_adj'], { ...options, encoding: 'utf8' });
parentPort?.postMessage([
  of(await askProbe(options)),
  of(await askProbe(options, posixSpawnSync)),
  (score as string).trim(),
]);
