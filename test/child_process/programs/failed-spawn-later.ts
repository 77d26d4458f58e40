import type { ChildProcess } from 'node:child_process';
import { channel } from 'node:diagnostics_channel';
import { cp } from './door.js';

const seen: unknown[] = [];
channel('child_process').subscribe((message) => {
  const { process: child } = message as { process: ChildProcess & { spawn(options: unknown): unknown } };
  const { spawn } = child;
  child.spawn = function (options) {
    setImmediate(() => seen.push(Reflect.apply(spawn, this, [options]), this.pid));
  };
});
cp.spawn('/no/such', { stdio: 'ignore' }).on('error', ({ code }: NodeJS.ErrnoException) =>
  console.log(seen, code),
);
cp.spawn('/bin/false', { stdio: 'ignore' }).on('exit', (code) => console.log(code));
