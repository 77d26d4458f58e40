// For api.test.ts: the package is loaded by require first, in a process that has loaded nothing of it.
import { createRequire } from 'node:module';
import { say } from '../../support/in-program.js';

const warnings: string[] = [];
process.on('warning', ({ message }) => warnings.push(message));
const required: typeof import('forkless') = createRequire(import.meta.url)('forkless');
const imported = await import('forkless');
const child = required.posixSpawnSync('/bin/true', ['true']);
const { code } = await child.exited;
say({
  same: (required as unknown) === imported.default,
  code,
  isProcess: child instanceof imported.Process,
  warnings,
});
