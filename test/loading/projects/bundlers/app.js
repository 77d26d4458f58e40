// Says what it has started, and how. Each bundler makes one file of this and of what it imports.
import { features, posixSpawn } from 'forkless';
import cp, { execFileSync, spawn } from 'forkless/child_process';

async function main() {
  const posix = await posixSpawn('/bin/sh', ['sh', '-c', 'exit 4']).then(
    async (child) => (await child.exited).code,
    ({ code, reason }) => ({ code, reason }),
  );
  const child = spawn('/bin/sh', ['-c', 'exit 3']);
  const code = await new Promise((resolve) => child.once('exit', resolve));
  const text = execFileSync('/bin/echo', ['text'], { encoding: 'utf8' });
  const starts = Object.values(features().rungs).reduce((sum, count) => sum + count, 0);
  const { backend, reason } = features().childProcess;
  console.log(JSON.stringify({ posix, code, text, same: cp.spawn === spawn, starts, backend, reason }));
}
void main();
