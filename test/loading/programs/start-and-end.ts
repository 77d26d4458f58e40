import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { explain, features, posixSpawn, posixSpawnp, posixSpawnpSync, posixSpawnSync } from 'forkless';
import type { Checks } from './checks.js';
import { ask, askWith, startShell } from './running.js';

export const startAndEnd: Checks = {
  'posixSpawn gives a running process, and its end': async () => {
    const child = await startShell('exit 7');
    ok(child.pid > 1);
    const { code, signal, coreDumped, reapedElsewhere } = await child.exited;
    deepEqual(
      { code, signal, coreDumped, reapedElsewhere },
      { code: 7, signal: null, coreDumped: false, reapedElsewhere: false },
    );
    equal(child.pidfd, -1);
  },

  'an end by a signal is told as that': async () => {
    const { code, signal } = await (await startShell('kill -USR1 $$')).exited;
    deepEqual({ code, signal }, { code: null, signal: 'SIGUSR1' });
  },

  'what it used is told': async () => {
    const { resourceUsage } = await (await startShell('i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done'))
      .exited;
    ok(resourceUsage !== null && resourceUsage.userCPUTime + resourceUsage.systemCPUTime > 0);
  },

  'its output comes through a pipe': async () => {
    const { output, status } = await ask('echo out; exit 3');
    deepEqual([output, status.code], ['out\n', 3]);
  },

  'a megabyte comes through a pipe whole': async () => {
    const { output } = await ask('i=0; while [ $i -lt 16 ]; do printf %065536d 0; i=$((i+1)); done');
    equal(output.length, 2 ** 20);
  },

  'posixSpawnSync knows that exec has happened': async () => {
    const { output, status } = await askWith((fds) =>
      posixSpawnSync('/bin/sh', ['sh', '-c', 'echo sync; exit 5'], { fds }),
    );
    deepEqual([output, status.code], ['sync\n', 5]);
  },

  'posixSpawnp and posixSpawnpSync search PATH': async () => {
    equal((await (await posixSpawnp('sh', ['sh', '-c', 'exit 4'])).exited).code, 4);
    equal((await posixSpawnpSync('sh', ['sh', '-c', 'exit 6']).exited).code, 6);
    await rejects(posixSpawnp('is-in-no-directory', ['x']), { code: 'ENOENT', step: 'execve' });
  },

  'kill sends signals for as long as it lives': async () => {
    const child = await startShell('exec sleep 60');
    ok(child.pidfd > 2);
    equal(child.kill(0), true);
    equal(child.kill(), true);
    equal((await child.exited).signal, 'SIGTERM');
    equal(child.kill(), false);
  },

  'asyncDispose ends it': async () => {
    const child = await startShell('exec sleep 60');
    await child[Symbol.asyncDispose]();
    equal((await child.exited).signal, 'SIGTERM');
  },

  '200 in flight end each with its own code': async () => {
    const codes = Array.from({ length: 200 }, (_, index) => index % 250);
    const children = await Promise.all(codes.map((code) => startShell(`exit ${code}`)));
    equal(new Set(children.map(({ pid }) => pid)).size, codes.length);
    const ends = await Promise.all(children.map(({ exited }) => exited));
    deepEqual(
      ends.map(({ code }) => code),
      codes,
    );
  },

  'children of the runtime’s own child_process beside ours each end with their own code': async () => {
    const pairs = Array.from({ length: 20 }, async (_, index) => {
      const theirs = spawn('/bin/sh', ['-c', `exit ${index}`], { stdio: 'ignore' });
      const theirEnd = once(theirs, 'exit');
      const ours = await startShell(`exit ${index + 100}`);
      const [[code], status] = await Promise.all([theirEnd, ours.exited]);
      return [code, status.code, status.reapedElsewhere];
    });
    deepEqual(
      await Promise.all(pairs),
      Array.from(pairs, (_, index) => [index, index + 100, false]),
    );
  },

  'they are made on the best rung, by the prebuilt binary': async () => {
    const before = features().rungs;
    await (await posixSpawn('/bin/true', ['true'])).exited;
    const { backend, reason, binary, rungs } = features();
    deepEqual([backend, reason], ['clone', null]);
    ok(binary?.endsWith(`/node_modules/forkless/prebuilds/linux-${process.arch}/forkless.node`), `${binary}`);
    deepEqual(rungs, { ...before, 1: before[1] + 1 });
  },

  'require gives the same functions': () => {
    equal(createRequire(import.meta.url)('forkless').posixSpawn, posixSpawn);
  },

  'explain starts nothing': () => {
    ok(explain('/bin/true', ['true'], { cwd: '/' }).includes('execve "/bin/true"'));
  },
};
