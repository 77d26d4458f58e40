// For flat-neighbours.test.ts: flat starts of a program that is open for writing, and one when it is not any more.
import { chmodSync, closeSync, copyFileSync, openSync } from 'node:fs';
import { posixSpawn, posixSpawnSync } from 'forkless';
import { say } from '../../support/in-program.js';
import { tempPath } from '../../support/temp.js';
import { flatStarts } from '../flat-crowd.js';

const options = { cloexecDefault: true };
posixSpawnSync('/bin/true', ['true'], options);
const path = tempPath('program');
copyFileSync('/bin/true', path);
chmodSync(path, 0o755);
const fd = openSync(path, 'r+');
const errors: unknown[] = [];
let lastCode: number | null = null;
const flat = await flatStarts(async () => {
  for (const start of [posixSpawn, posixSpawnSync])
    await (async () => start(path, ['true'], options))().then(
      ({ exited }) => exited,
      ({ code, errno, syscall, step }) => errors.push({ code, errno, syscall, step }),
    );
  closeSync(fd);
  lastCode = (await (await posixSpawn(path, ['true'], options)).exited).code;
});
say({ errors, code: lastCode, flat });
