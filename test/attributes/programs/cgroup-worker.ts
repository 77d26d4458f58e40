// A Worker of cgroup.test.ts: the cgroups that its children see.
import { parentPort, workerData } from 'node:worker_threads';
import type { SpawnAttributes } from 'forkless';
import { execFileSync, spawn } from 'forkless/child_process';

const options = workerData as SpawnAttributes;
const argv = ['/proc/self/cgroup'];
const sync = execFileSync('/bin/cat', argv, { ...options, encoding: 'utf8' });
let out = '';
for await (const data of spawn('/bin/cat', argv, options).stdout) out += data;
parentPort?.postMessage([sync, out]);
