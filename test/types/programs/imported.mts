// An ES module. matrix.test.ts compiles it in each mode, and runs what the compiler has made of it.
import { execFileSync } from 'node:child_process';
import forkless, { type Features, features, SpawnError } from 'forkless';
import * as all from 'forkless/child_process';
import childProcess, { type MoreOfChild, type SpawnOptions, spawn, spawnSync } from 'forkless/child_process';
import 'forkless/register';

const options: SpawnOptions & all.MoreOptions = { stdio: 'ignore', umask: 0o27 };
const child: all.ChildProcess & MoreOfChild = spawn('true', options);
const text: string = spawnSync('echo', ['hello'], { encoding: 'utf8', umask: 0 }).stdout;
const { kernel }: Features = features();
console.log(
  child instanceof all.ChildProcess,
  new SpawnError('', {} as never) instanceof forkless.SpawnError,
  childProcess.spawn === all.spawn && all.spawn === spawn,
  childProcess.execFileSync === execFileSync,
  kernel === forkless.features().kernel,
  text.trim(),
);
