// By require, in CommonJS: what must compile, and what must not. Never run.
import type { PosixSpawnOptions, Process } from 'forkless';

import forkless = require('forkless');

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

module.exports = { acceptRequired };
