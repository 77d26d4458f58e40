// Of forkless/child_process: what must compile, and what must not. Never run.
import type nodeModule from 'node:child_process';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { FileActions, type ResourceUsage } from 'forkless';
import childProcess, {
  ChildProcess,
  type ChildProcessByStdio,
  type ChildProcessWithoutNullStreams,
  type ExecException,
  exec,
  execFile,
  execFileSync,
  execSync,
  fork,
  type MoreOfChild,
  type MoreOptions,
  type SpawnOptions,
  spawn,
  spawnSync,
} from 'forkless/child_process';
import 'forkless/register';

import * as everything from 'forkless/child_process';

childProcess satisfies typeof nodeModule;
everything satisfies typeof nodeModule;

/** The types of Node's module come with its names: one import is all that changes. */
export function acceptNodesTypes(error: ExecException): ChildProcess {
  const options: SpawnOptions & everything.MoreOptions = { cwd: '/', umask: 0o22 };
  const child: nodeModule.ChildProcess = spawn('ls', [], options);
  if (child instanceof ChildProcess) console.log(child.pid, error.cmd);
  return child satisfies everything.ChildProcess;
}

export async function acceptNodesForms(): Promise<void> {
  const streams: ChildProcessWithoutNullStreams = spawn('ls', ['-l']);
  const output: ChildProcessByStdio<null, Readable, null> = spawn('ls', {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const { stdout }: { stdout: string } = await promisify(exec)('ls');
  const buffer: Buffer = execFileSync('ls');
  const text: string = execSync('ls', { encoding: 'utf8' });
  const child: ChildProcess = fork('./worker.js', ['argument'], { silent: true });
  console.log(streams, output, stdout, buffer, text, child, spawnSync('ls').status);
  childProcess.spawn = spawn;
}

export function acceptMoreOptions(): void {
  const more: MoreOptions = { inheritFds: [7, 9], fileActions: new FileActions().addClose(5), umask: 0o22 };
  const child: ChildProcess & MoreOfChild = spawn('ls', ['-l'], { inheritFds: [7], cwd: '/' });
  const usage: ResourceUsage | null = child.resourceUsage;
  const pidfd: number = child.pidfd;
  spawn('ls', more);
  spawn('ls', { inheritFds: 'all', detached: true });
  exec('ls', { groups: [5] }, (error, stdout) => console.log(error, stdout));
  execFile('ls', ['-l'], { sigdefault: 'all' });
  fork('./worker.js', [], { pgroup: 0 });
  spawnSync('ls', [], { umask: 0 });
  execSync('ls', { umask: 0 });
  execFileSync('ls', [], { umask: 0 });
  console.log(usage, pidfd);
}

export function refuse(): void {
  // @ts-expect-error no such value
  spawn('ls', [], { inheritFds: 'none' });
  // @ts-expect-error a number
  spawn('ls', [], { umask: '022' });
  // @ts-expect-error of the POSIX level alone
  spawn('ls', [], { fds: [0, 1, 2] });
  // @ts-expect-error no such name
  childProcess.posixSpawn('/bin/true', ['true']);
}
