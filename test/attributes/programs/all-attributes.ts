// For ids.test.ts: what 1,000 children of all attributes leave of this process.
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { PosixSpawnOptions } from 'forkless';
import { FileActions, openPty, posixSpawn, posixSpawnSync } from 'forkless';
import { say } from '../../support/in-program.js';
import type { Start } from '../../support/probe.js';
import { processState } from '../../support/process-state.js';

const { slave } = openPty();
const kinds: PosixSpawnOptions[] = [
  { setsid: true, umask: 0o077, cwd: '/' },
  { pgroup: 0, sigdefault: 'all', sigmask: ['SIGHUP'] },
  { schedPolicy: 'SCHED_IDLE' },
  { fileActions: new FileActions().addChdir('/tmp').addClosefrom(3) },
  { cloexecDefault: true },
  { cwd: '/no/such' },
  { setsid: true, ctty: slave },
  { setsid: true, ctty: 0, fds: [slave] },
  { noctty: true },
  { foreground: slave },
  { chroot: '/', cwd: '/tmp' },
  { chroot: '/proc' },
  { execFd: openSync('/bin/true', 'r') },
];
await run(posixSpawn, {});
const worker = new Worker('setInterval(() => {}, 1000)', { eval: true });
await once(worker, 'online');
const before = processState();
for (let i = 0; i < 1000; i++)
  await run(i % 4 === 0 ? posixSpawnSync : posixSpawn, kinds[i % kinds.length]).catch(() => {});
say({ before, after: processState() });
await worker.terminate();

async function run(start: Start, options?: PosixSpawnOptions): Promise<void> {
  await (await start('/bin/true', ['true'], options)).exited;
}
