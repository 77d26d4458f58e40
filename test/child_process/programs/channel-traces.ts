import type { ChildProcess, ForkOptions } from 'node:child_process';
import { tracingChannel } from 'node:diagnostics_channel';
import { cp } from './door.js';

interface Message {
  readonly process: ChildProcess;
  readonly error?: NodeJS.ErrnoException;
  readonly options?: { readonly args?: readonly string[] };
}

const tell = (phase: string) => (message: unknown) => {
  const { process: child, error, options } = message as Message;
  console.log(
    phase,
    Object.keys(message as Message).join(),
    child.spawnfile,
    typeof child.pid,
    error?.message,
    error?.code,
    options && Object.keys(options).join(),
    options?.args?.join(' '),
  );
};
tracingChannel('child_process.spawn').subscribe({
  start: tell('start'),
  end: tell('end'),
  error: tell('error'),
  asyncStart: tell('asyncStart'),
  asyncEnd: tell('asyncEnd'),
});
cp.spawn('/bin/true', ['a'], { stdio: 'ignore' });
cp.spawn('/no/such').on('error', () => {});
try {
  cp.spawn('/etc/passwd/x');
} catch (error) {
  console.log((error as Error).message);
}
cp.exec('true');
cp.fork('/dev/null', { stdio: 'ignore' });
cp.fork('/dev/null');
cp.fork('/dev/null', ['a'], {
  silent: true,
  env: process.env,
  shell: true,
  execPath: undefined,
  cwd: '/',
  execArgv: [],
} as ForkOptions);
cp.fork('/dev/null', { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execPath: process.execPath });
