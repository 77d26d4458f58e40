// Says of each way to a function of child_process whether it goes through the engine.

import childProcess, {
  exec,
  execFile,
  execFileSync,
  execSync,
  fork,
  spawn,
  spawnSync,
} from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
// biome-ignore lint/style/useNodejsImportProtocol: without it, it is replaced too
import * as namespace from 'child_process';
import { say } from '../../support/in-program.js';
import { makeFile } from '../../support/starts.js';
import { tempPath } from '../../support/temp.js';
import { throughUs } from './kit.js';

const require = createRequire(import.meta.url);
// biome-ignore lint/style/useNodejsImportProtocol: as above
const required: typeof childProcess = require('child_process');
const { spawn: destructured }: typeof childProcess = require('node:child_process');
const nothing = makeFile('', 0o644, tempPath('nothing.mjs'));
const starts: Record<string, () => unknown> = {
  'import of a name': () => spawn('true'),
  'import of the default': () => childProcess.spawn('true'),
  'import of a namespace': () => namespace.spawn('true'),
  'import()': async () => (await import('node:child_process')).spawn('true'),
  require: () => required.spawn('true'),
  'require, destructured': () => destructured('true'),
  exec: () => exec('true'),
  execFile: () => execFile('true'),
  fork: () => fork(nothing, [], { execArgv: [] }),
  spawnSync: () => spawnSync('true'),
  execSync: () => execSync('true'),
  execFileSync: () => execFileSync('true'),
  'exec, promisified': () => promisify(exec)('true'),
  'execFile, promisified': () => promisify(execFile)('true'),
  'process.getBuiltinModule': () => process.getBuiltinModule('child_process').spawn('true'),
};
const through: Record<string, boolean> = {};
for (const [way, start] of Object.entries(starts)) through[way] = await throughUs(start);
say(through);
