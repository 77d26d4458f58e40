import type { ExecException } from 'node:child_process';
import { createRequire } from 'node:module';
import { door } from './door.js';

type Loose = Record<'exec' | 'execFile', (...args: unknown[]) => unknown>;
const module: Loose = createRequire(import.meta.url)(door);
const own = module.execFile;
module.execFile = function (file, options, callback) {
  const { getPrototypeOf, keys } = Object;
  console.log(file, keys(options as object), getPrototypeOf(options), typeof callback, this === module);
  return own(file, options, callback);
};
module.exec('echo text', { cwd: '/' }, (error: ExecException | null, stdout: string) =>
  console.log(error, stdout),
);
module.exec('true');
module.exec('true', () => {});
