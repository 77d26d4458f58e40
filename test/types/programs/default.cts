// A CommonJS module with default imports: as named.cts, where `esModuleInterop` is on.

import node from 'node:child_process';
import forkless from 'forkless';
import childProcess, { type SpawnOptions, spawn } from 'forkless/child_process';
import 'forkless/register';

const options: SpawnOptions & childProcess.MoreOptions = { stdio: 'ignore', umask: 0o27 };
const child: childProcess.ChildProcess & childProcess.MoreOfChild = childProcess.spawn('true', options);
const text: string = childProcess.spawnSync('echo', ['hello'], { encoding: 'utf8', umask: 0 }).stdout;
const { kernel }: forkless.Features = forkless.features();
console.log(
  child instanceof childProcess.ChildProcess,
  new forkless.SpawnError('', {} as never) instanceof forkless.SpawnError,
  childProcess.spawn === spawn,
  childProcess.execFileSync === node.execFileSync,
  kernel === forkless.features().kernel,
  text.trim(),
);
