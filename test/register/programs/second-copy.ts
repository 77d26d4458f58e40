// Patches a function, and then loads the package once more, and a copy of it.
import childProcess from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { say } from '../../support/in-program.js';
import { at } from '../../support/paths.js';
import { throughUs } from './kit.js';

const ours = childProcess.spawn as (...args: unknown[]) => unknown;
const patched = function (this: unknown, ...args: unknown[]): unknown {
  return ours.apply(this, args);
};
Object.assign(childProcess, { spawn: patched });
await import(`${import.meta.resolve('forkless/register')}?again`);
const copy = at(`dist-copy-${process.pid}`);
cpSync(at('dist'), copy, { recursive: true });
try {
  await import(pathToFileURL(`${copy}/register.js`).href);
  const { spawn: theirs } = await import(pathToFileURL(`${copy}/child_process/index.js`).href);
  say({
    kept: childProcess.spawn === (patched as unknown),
    first: await throughUs(() => childProcess.spawn('true')),
    second: await throughUs(() => theirs('true')),
  });
} finally {
  rmSync(copy, { recursive: true });
}
