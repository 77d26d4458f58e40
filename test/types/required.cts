// By require, in CommonJS: what must compile, and what must not. Never run.
import type { PosixSpawnOptions, Process } from 'forkless';

import type { MoreOptions, SpawnOptions } from 'forkless/child_process';

import forkless = require('forkless');
import childProcess = require('forkless/child_process');
import register = require('forkless/register');

async function acceptRequired(): Promise<Process> {
  const options: PosixSpawnOptions = { fileActions: new forkless.FileActions().addClose(3) };
  const { posixSpawn, SpawnError } = forkless;
  forkless.posixSpawnSync = (path, argv) => forkless.posixSpawnpSync(path, argv);
  // @ts-expect-error no such name
  forkless.spawn('/bin/true');
  // @ts-expect-error what require gives is the object itself
  forkless.default.posixSpawn('/bin/true', ['true']);
  // @ts-expect-error argv is missing here as well
  posixSpawn('/bin/true').catch(() => {});
  return posixSpawn('/bin/true', ['true'], options).catch((error: unknown) => {
    throw error instanceof SpawnError ? new Error(error.step) : error;
  });
}

function acceptDropIn(more: MoreOptions & SpawnOptions): number | undefined {
  childProcess satisfies typeof import('node:child_process');
  // @ts-expect-error no such name
  childProcess.posixSpawn('/bin/true', ['true']);
  // @ts-expect-error nor here: it only replaces
  console.log(register.spawn);
  // @ts-expect-error what require gives is the object itself
  childProcess.default.spawn('ls');
  childProcess.spawn = childProcess.spawn.bind(childProcess) as typeof childProcess.spawn;
  return childProcess.spawn('ls', ['-l'], more).pid;
}

module.exports = { acceptRequired, acceptDropIn };
