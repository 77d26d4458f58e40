// Of forkless/child_process: what its functions take and return, with our options and without. Never run.
import type nodeModule from 'node:child_process';
import { openSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';
import type { FailedStep, ResourceUsage } from 'forkless';
import { SpawnError } from 'forkless';
import type {
  ChildProcess,
  ChildProcessByStdio,
  ChildProcessWithoutNullStreams,
  ExecException,
  ExecFileException,
  MoreOfChild,
  MoreOfError,
  MoreOptions,
  PromiseWithChild,
  SpawnSyncReturns,
  StdioOptions,
} from 'forkless/child_process';
import { exec, execFile, execFileSync, execSync, fork, spawn, spawnSync } from 'forkless/child_process';

/** true if both are the same type; `any` is the same as itself alone. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A>() => ({ as: <B>(_is: Same<A, B>): void => {} });

/** Without our options, with one, and with one among others: the streams are as Node's types have them. */
export function keepStreams(stdio: StdioOptions, env: NodeJS.ProcessEnv): void {
  for (const child of [
    spawn('ls'),
    spawn('ls', []),
    spawn('ls', { cwd: '/' }),
    spawn('ls', [], { env }),
    spawn('ls', { umask: 0o27 }),
    spawn('ls', [], { umask: 0o27 }),
    spawn('ls', [], { stdio: 'pipe', nice: 5, detached: true }),
  ]) {
    child satisfies ChildProcessWithoutNullStreams & MoreOfChild;
    same<typeof child.stdin>().as<Writable>(true);
    same<typeof child.stdout>().as<Readable>(true);
    same<typeof child.stdio>().as<ChildProcessWithoutNullStreams['stdio']>(true);
  }

  const some = spawn('ls', ['-l'], { stdio: ['pipe', 'inherit', 'inherit'], nice: 5 });
  some satisfies ChildProcessByStdio<Writable, null, null> & MoreOfChild;
  same<[typeof some.stdin, typeof some.stdout, typeof some.stderr]>().as<[Writable, null, null]>(true);
  const other = spawn('ls', { stdio: ['ignore', 'pipe', process.stderr], rlimits: { nofile: 64 } });
  other satisfies ChildProcessByStdio<null, Readable, null> & MoreOfChild;
  same<[typeof other.stdin, typeof other.stdout, typeof other.stderr]>().as<[null, Readable, null]>(true);

  // Only when it runs is it known which streams there are.
  for (const child of [
    spawn('ls', { stdio }),
    spawn('ls', [], { stdio }),
    spawn('ls', [], { stdio, umask: 0 }),
    spawn('ls', [], { stdio: 'inherit' }),
    spawn('ls', [], { stdio: ['pipe', openSync('/dev/null', 'w'), 'pipe'] }),
    spawn('ls', [], { stdio: ['pipe', 'pipe', 'pipe', 'ipc'], inheritFds: [7] }),
  ]) {
    child satisfies ChildProcess & MoreOfChild;
    same<typeof child.stdin>().as<Writable | null>(true);
  }
  // @ts-expect-error it may be null
  spawn('ls', [], { stdio, umask: 0 }).stdin.end();
  // @ts-expect-error it is null
  spawn('ls', [], { stdio: ['ignore', 'pipe', 'pipe'], umask: 0 }).stdin.end();
}

/** `pidfd` and `resourceUsage`, of every child. */
export async function haveFields(encoding: BufferEncoding): Promise<void> {
  for (const child of [
    spawn('ls'),
    exec('ls'),
    exec('ls', { umask: 0 }, () => {}),
    exec('ls', null),
    execFile('ls'),
    execFile('ls', ['-l'], { encoding, nice: 1 }, () => {}),
    fork('./worker.js'),
    fork('./worker.js', { silent: true }),
    fork('./worker.js', [], { pgroup: 0 }),
    promisify(exec)('ls').child,
    promisify(exec)('ls', { umask: 0 }).child,
    promisify(execFile)('ls', ['-l']).child,
    promisify(execFile)('ls', ['-l'], { encoding: 'buffer', sigdefault: 'all' }).child,
  ]) {
    child satisfies ChildProcess;
    same<typeof child.pidfd>().as<number>(true);
    same<typeof child.resourceUsage>().as<ResourceUsage | null>(true);
    // @ts-expect-error read only
    child.pidfd = 3;
    // @ts-expect-error null until it has ended
    child.resourceUsage.maxRSS;
    // Every method returns the child with them.
    child.on('exit', () => {}).once('error', () => {}).pidfd satisfies number;
  }
}

/** What the output is does not depend on our options. */
export async function keepOutput(encoding: BufferEncoding | null): Promise<void> {
  same<ReturnType<typeof execFileSync>>().as<ReturnType<typeof nodeModule.execFileSync>>(true);
  for (const text of [
    execFileSync('ls', [], { encoding: 'utf8', umask: 0o27 }),
    execFileSync('ls', { encoding: 'utf8', umask: 0o27 }),
    execSync('ls', { encoding: 'latin1', nice: 3 }),
    spawnSync('ls', [], { encoding: 'utf8', umask: 0 }).stdout,
    spawnSync('ls', { encoding: 'utf8', umask: 0 }).stderr,
    (await promisify(exec)('ls', { umask: 0 })).stdout,
    (await promisify(execFile)('ls', [], { encoding: 'utf8', umask: 0 })).stderr,
  ])
    same<typeof text>().as<string>(true);
  for (const bytes of [
    execFileSync('ls', [], { umask: 0o27 }),
    execFileSync('ls', { umask: 0o27 }),
    execSync('ls', { encoding: 'buffer', nice: 3 }),
    spawnSync('ls', [], { umask: 0 }).stdout,
    spawnSync('ls', { encoding: null, umask: 0 }).stderr,
    (await promisify(exec)('ls', { umask: 0, encoding: 'buffer' })).stdout,
    (await promisify(execFile)('ls', [], { encoding: null, umask: 0 })).stderr,
  ])
    bytes satisfies Buffer;
  const either = [spawnSync('ls', [], { encoding, umask: 0 }).stdout, execSync('ls', { encoding, umask: 0 })];
  // @ts-expect-error it may be a Buffer
  either[0] satisfies string | undefined;
  exec('ls', { umask: 0 }, (_error, stdout) => same<typeof stdout>().as<string>(true));
  execFile('ls', { umask: 0, encoding: 'buffer' }, (_error, stdout) => stdout satisfies Buffer);
  promisify(exec)('ls', { umask: 0 }) satisfies PromiseWithChild<{ stdout: string; stderr: string }>;
  spawnSync('ls', { umask: 0 }) satisfies SpawnSyncReturns<Buffer>;
}

/** Options whose values are known only when it runs, and an option of ours. */
export async function takeAnyOptions(
  execOptions: nodeModule.ExecOptions & MoreOptions,
  fileOptions: nodeModule.ExecFileOptions & MoreOptions,
  syncOptions: nodeModule.SpawnSyncOptions & MoreOptions,
  execSyncOptions: nodeModule.ExecSyncOptions & MoreOptions,
  fileSyncOptions: nodeModule.ExecFileSyncOptions & MoreOptions,
): Promise<void> {
  for (const either of [
    (await promisify(exec)('ls', execOptions)).stdout,
    (await promisify(execFile)('ls', fileOptions)).stdout,
    (await promisify(execFile)('ls', [], fileOptions)).stdout,
    spawnSync('ls', syncOptions).stdout,
    spawnSync('ls', [], syncOptions).stdout,
    execSync('ls', execSyncOptions),
    execFileSync('ls', fileSyncOptions),
    execFileSync('ls', [], fileSyncOptions),
  ]) {
    either satisfies string | Buffer;
    // @ts-expect-error it may be a Buffer
    either satisfies string;
  }
  for (const text of [
    (await promisify(execFile)('ls')).stdout,
    (await promisify(execFile)('ls', [])).stdout,
    (await promisify(execFile)('ls', { encoding: 'utf8', umask: 0 })).stdout,
    (await promisify(execFile)('ls', ['-l'], { umask: 0 })).stdout,
  ])
    same<typeof text>().as<string>(true);
  for (const bytes of [
    execFileSync('ls', []),
    spawnSync('ls', []).stdout,
    execFileSync('ls'),
    execSync('ls'),
  ])
    bytes satisfies Buffer;
  // @ts-expect-error our options are checked in the promise forms, too
  promisify(exec)('ls', { umask: '022' });
  // @ts-expect-error our options are checked in the promise forms, too
  promisify(execFile)('ls', [], { umask: '022' });
}

/** `cause`, where the error is ours. */
export function haveCause(): void {
  const told = (error: MoreOfError): FailedStep | undefined => error.cause?.step;
  const child = spawn('ls', { stdio: 'inherit' });
  child.on('error', ({ message, cause }) => console.log(message, cause?.step, cause?.path));
  child.once('error', (error) => told(error satisfies Error));
  child.addListener('error', (error) => told(error));
  child.prependListener('error', (error) => told(error));
  child.prependOnceListener('error', (error) => told(error));
  spawn('ls').on('error', (error) => told(error));
  fork('./worker.js').on('error', (error) => told(error));
  exec('ls').on('error', (error) => told(error));
  exec('ls', (error) => error && told(error satisfies ExecException));
  exec('ls', { umask: 0 }, (error) => error && told(error satisfies ExecException));
  execFile('ls', (error) => error && told(error satisfies ExecFileException));
  execFile('ls', [], { encoding: 'buffer' }, (error) => error && told(error satisfies ExecFileException));

  // An AbortError has the reason of its AbortSignal there.
  child.on('error', ({ cause }) => {
    // @ts-expect-error a reason has no arguments
    cause?.spawnargs.length;
    if (cause?.step !== undefined) same<typeof cause>().as<SpawnError>(true);
    if (cause instanceof SpawnError) cause.spawnargs.length satisfies number;
  });
  // The synchronous functions take no AbortSignal.
  same<NonNullable<ReturnType<typeof spawnSync>['error']>['cause']>().as<SpawnError | undefined>(true);
  spawnSync('ls', { encoding: 'utf8', umask: 0 }).error?.cause?.spawnargs satisfies
    | readonly string[]
    | undefined;
  // The other events are as they were.
  child.on('exit', (code, signal) => {
    same<typeof code>().as<number | null>(true);
    same<typeof signal>().as<NodeJS.Signals | null>(true);
  });
  child.on('own event', (...all) => all satisfies unknown[]);
}

/** Listeners, callbacks and functions that were written for Node's types. */
export function acceptNodesTypes(
  take: (child: nodeModule.ChildProcess) => void,
  start: (spawn: typeof nodeModule.spawn, execFile: typeof nodeModule.execFile) => void,
  use: (module: typeof nodeModule) => void,
  callback: (error: nodeModule.ExecException | null, stdout: string, stderr: string) => void,
  fileCallback: (error: nodeModule.ExecFileException | null, stdout: string, stderr: string) => void,
  listener: (error: Error) => void,
): void {
  take(spawn('ls', { umask: 0 }));
  start(spawn, execFile);
  use({ ...({} as typeof nodeModule), spawn, exec, execFile, fork, spawnSync, execSync, execFileSync });
  exec('ls', callback).on('error', listener);
  execFile('ls', [], fileCallback).once('error', listener);
  const promise: Promise<{ stdout: string; stderr: string }> = promisify(exec as typeof nodeModule.exec)(
    'ls',
  );
  const options: nodeModule.SpawnOptions = {};
  same<Parameters<typeof spawn>[0]>().as<Parameters<typeof nodeModule.spawn>[0]>(true);
  spawn('ls', [], options) satisfies ChildProcess;
  console.log(promise);
}
