// For starts.test.ts: does the program find its own pid in LISTEN_PID?
import { posixSpawn, posixSpawnSync } from 'forkless';
import { spawnSync } from 'forkless/child_process';
import { posixOptions, spawnOptions } from 'forkless/service';
import { readParameters, say } from '../../support/in-program.js';

const more = readParameters<object | null>() ?? {};
const service = { ...more, listenFds: [0] };
const command = 'test "$LISTEN_PID" = $$';
const started = [
  await posixSpawn('/bin/sh', ['sh', '-c', command], posixOptions(service)),
  posixSpawnSync('/bin/sh', ['sh', '-c', command], posixOptions(service)),
];
const codes = await Promise.all(started.map(async ({ exited }) => (await exited).code));
codes.push(spawnSync('/bin/sh', ['-c', command], spawnOptions(service)).status);
say(codes.every((code) => code === 0) ? 'own' : codes);
