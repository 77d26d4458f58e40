// For first-start.test.ts: which files of the package an import or a require has loaded, before and after the first start.
import { createRequire, Module } from 'node:module';
import path from 'node:path';
import { readParameters, say } from '../../support/in-program.js';
import { at } from '../../support/paths.js';

const { entry, by } = readParameters<{ entry: string; by: 'import' | 'require' }>();
const loaded = (): string[] =>
  Object.keys((Module as unknown as { _cache: object })._cache)
    .filter((file) => file.startsWith(at('dist/')) || file.endsWith('.node'))
    .map((file) => path.relative(at(''), file))
    .sort();

if (by === 'import') await import(entry);
else createRequire(import.meta.url)(entry);
const before = loaded();
const childProcess: typeof import('node:child_process') =
  entry === 'forkless/register' ? process.getBuiltinModule('node:child_process') : await import(entry);
childProcess.spawnSync('true');
say({ before, after: loaded() });
