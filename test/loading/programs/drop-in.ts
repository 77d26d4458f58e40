import { deepEqual, equal, ok } from 'node:assert/strict';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { features } from 'forkless';
import childProcess, { exec, execFileSync, execSync, fork, spawn, spawnSync } from 'forkless/child_process';
import type { Checks } from './checks.js';
import { startsIn } from './starts.js';

/** What every runtime does, by our engine or by its own. */
export const everywhere: Checks = {
  'spawn gives the output, the code and the errors of a program': async () => {
    const child = spawn('/bin/sh', ['-c', 'cat; echo error >&2; exit 3']);
    child.stdin.end('input\n');
    const [[code, signal], out, error] = await Promise.all([
      once(child, 'close'),
      text(child.stdout),
      text(child.stderr),
    ]);
    deepEqual([code, signal, out, error], [3, null, 'input\n', 'error\n']);
    const [failure] = await once(spawn('/missing/program'), 'error');
    deepEqual([failure.code, failure.path], ['ENOENT', '/missing/program']);
  },

  'exec and spawnSync give the output of a program': async () => {
    deepEqual(await promisify(exec)('echo out; echo error >&2'), { stdout: 'out\n', stderr: 'error\n' });
    const { status, stdout } = spawnSync('/bin/sh', ['-c', 'cat; exit 4'], {
      input: 'input',
      encoding: 'utf8',
    });
    deepEqual([status, stdout], [4, 'input']);
    equal(execSync('echo out', { encoding: 'utf8' }), 'out\n');
    equal(execFileSync('/bin/echo', ['out'], { encoding: 'utf8' }), 'out\n');
  },

  'a fork of it answers messages': async () => {
    const child = fork(fileURLToPath(new URL('./answers.js', import.meta.url)));
    child.send('question');
    const [answer] = await once(child, 'message');
    child.disconnect();
    const [code] = await once(child, 'exit');
    deepEqual([answer, code], [{ answer: 'question' }, 0]);
  },
};

export const checks: Checks = {
  ...everywhere,

  'all of it goes through the engine': async () => {
    equal(features().childProcess.backend, 'forkless');
    equal(await startsIn(async () => void (await once(spawn('/bin/true'), 'exit'))), 1);
    equal(await startsIn(async () => void (await promisify(exec)('exit 0'))), 1);
    equal(await startsIn(() => void spawnSync('/bin/true')), 1);
  },

  'require gives the same functions': () => {
    equal(createRequire(import.meta.url)('forkless/child_process').spawn, spawn);
    equal(childProcess.spawn, spawn);
    ok(spawn('/bin/true') instanceof childProcess.ChildProcess);
  },
};
