import type { ChildProcess } from 'node:child_process';
import { cp } from './door.js';

const seen: unknown[] = [];
const prototype = cp.ChildProcess.prototype as ChildProcess & { spawn(options: unknown): unknown };
const { spawn } = prototype;
prototype.spawn = function (options) {
  const result = Reflect.apply(spawn, this, [options]);
  seen.push(result, this.pid);
  return result;
};
cp.spawn('/no/such').on('error', ({ code }: NodeJS.ErrnoException) => console.log(seen, code));
