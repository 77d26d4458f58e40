import { features, posixSpawn } from 'forkless';
import cp, { type ChildProcess, execFileSync, spawn } from 'forkless/child_process';

import required = require('forkless/child_process');

const child: ChildProcess = spawn('/bin/sh', ['-c', 'exit 3'], { stdio: 'ignore', umask: 0o27 });
child.once('exit', async (code: number | null) => {
  const text: string = execFileSync('/bin/echo', ['text'], { encoding: 'utf8' });
  const same: boolean = required.spawn === spawn && cp.spawn === spawn;
  const { code: posix } = await (await posixSpawn('/bin/sh', ['sh', '-c', 'exit 4'])).exited;
  const starts = Object.values(features().rungs).reduce((sum, count) => sum + count, 0);
  console.log(JSON.stringify({ code, text, same, posix, starts, dropIn: features().childProcess }));
});
