import childProcess from 'node:child_process';
import { features, posixSpawnSync } from 'forkless';
import { say } from '../../support/in-program.js';
import { throughUs } from './kit.js';

const through = [
  await throughUs(() => childProcess.spawn('/bin/true')),
  await throughUs(() => childProcess.spawnSync('/bin/true')),
  await throughUs(() => childProcess.exec('true')),
  await throughUs(async () => {
    await posixSpawnSync('/bin/true', ['true']).exited;
  }),
];
const { execHook, childProcess: dropIn } = features();
say({ through, execHook, childProcess: dropIn });
