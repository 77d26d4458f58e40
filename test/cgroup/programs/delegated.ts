// For cgroups.test.ts: moves itself into cgroups that are given to another user, becomes that user, and makes one below.
import { chownSync, existsSync, writeFileSync } from 'node:fs';
import { createCgroup } from 'forkless/cgroup';
import { spawnSync } from 'forkless/child_process';
import { readParameters, say } from '../../support/in-program.js';

const { paths } = readParameters<{ paths: string[] }>();
const USER = 4242;
for (const path of paths) {
  // v2: a cgroup that limits others may hold no process itself
  const leaf = existsSync(`${path}/cgroup.subtree_control`) ? `${path}/self` : path;
  if (leaf !== path) spawnSync('/bin/mkdir', [leaf]);
  writeFileSync(`${leaf}/cgroup.procs`, '0');
  for (const file of ['', '/cgroup.procs', '/cgroup.subtree_control', '/tasks'])
    if (existsSync(`${path}${file}`)) chownSync(`${path}${file}`, USER, USER);
  if (leaf !== path) for (const file of ['', '/cgroup.procs']) chownSync(`${leaf}${file}`, USER, USER);
}
process.setgroups?.([]);
process.setgid?.(USER);
process.setuid?.(USER);
// the cgroup that was delegated, which is that of this process or, with v2, the one above it
const group = await createCgroup({ pids: 1 });
const command = ['-c', '(exit 3); exit 4'];
const { stderr } = spawnSync('/bin/sh', command, { cgroup: group.paths, encoding: 'utf8' });
const inside = group.paths.every((path) => paths.some((given) => path.startsWith(`${given}/`)));
await group[Symbol.asyncDispose]();
say({
  inside,
  limit: /Cannot fork|can't fork/.test(stderr) ? 'Cannot fork' : stderr,
  gone: !group.paths.some(existsSync),
});
