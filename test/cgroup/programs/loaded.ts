// For cgroups.test.ts: which files of the package two Workers load.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { say } from '../../support/in-program.js';

/** Names of files in dist/, after this text of a module has run in a thread of its own. */
async function loadedBy(text: string): Promise<string[]> {
  const found = `require('worker_threads').parentPort.postMessage(Object.keys(require.cache))`;
  const worker = new Worker(`${text}; ${found}`, { eval: true });
  const [[files]] = await Promise.all([once(worker, 'message') as Promise<[string[]]>, once(worker, 'exit')]);
  return files.map((file) => file.split('/dist/').at(-1) ?? '');
}

say({
  cgroup: await loadedBy(`require('forkless/cgroup').cgroupSupport()`),
  engine: await loadedBy(
    `require('forkless').features(); require('forkless/child_process').spawnSync('/bin/true', [])`,
  ),
});
