import { equal, ok, rejects, throws } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileActions, Process, posixSpawn, posixSpawnSync, SpawnError } from 'forkless';
import type { Checks } from './checks.js';
import { startShell } from './running.js';

export const failures: Checks = {
  'a missing program is ENOENT at execve': async () => {
    await rejects(posixSpawn('/missing/program', ['program']), {
      name: 'SpawnError',
      code: 'ENOENT',
      errno: -2,
      syscall: 'execve',
      step: 'execve',
      path: '/missing/program',
    });
    throws(() => posixSpawnSync('/missing/program', ['program']), SpawnError);
  },

  'a program that may not be run is EACCES': async () => {
    await rejects(posixSpawn('/etc/passwd', ['passwd']), { code: 'EACCES', step: 'execve' });
  },

  'a directory that is missing is the error of chdir': async () => {
    await rejects(startShell('', { cwd: '/missing' }), { code: 'ENOENT', step: 'chdir', path: '/missing' });
  },

  'the file action that failed is named': async () => {
    const open = new FileActions().addClose(0).addOpen(1, '/missing/file', 'r');
    await rejects(startShell('', { fileActions: open }), { code: 'ENOENT', step: 'open', actionIndex: 1 });
    const dup2 = new FileActions().addDup2(9999, 1);
    await rejects(startShell('', { fileActions: dup2 }), {
      code: 'EBADF',
      step: 'dup2',
      actionIndex: 0,
      fd: 9999,
    });
  },

  'wrong arguments are refused as Node refuses them': async () => {
    await rejects(posixSpawn('/bin/true', []), { code: 'ERR_INVALID_ARG_VALUE' });
    await rejects(startShell('', { umask: 0o1000 }), { code: 'ERR_OUT_OF_RANGE' });
    throws(() => posixSpawnSync('/bin/tr\0ue', ['true']), { code: 'ERR_INVALID_ARG_VALUE' });
    throws(() => Reflect.construct(Process, []), { code: 'ERR_ILLEGAL_CONSTRUCTOR' });
  },

  'an aborted signal starts nothing': async () => {
    await rejects(startShell('exit 0', { signal: AbortSignal.abort() }), {
      name: 'AbortError',
      code: 'ABORT_ERR',
    });
  },

  'a start that hangs is ended by its signal, and held nobody': async () => {
    const folder = mkdtempSync(join(tmpdir(), 'forkless-loading-'));
    const fifo = join(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const controller = new AbortController();
    const fileActions = new FileActions().addOpen(0, fifo, 'r');
    const hanging = startShell('exit 0', { fileActions, signal: controller.signal });
    equal((await (await startShell('exit 2')).exited).code, 2);
    controller.abort(new Error('enough'));
    await rejects(hanging, (error: Error) => {
      ok(error.name === 'AbortError' && error.cause === controller.signal.reason);
      return true;
    });
    rmSync(folder, { recursive: true });
  },
};
