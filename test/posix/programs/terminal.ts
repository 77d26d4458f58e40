// For terminal.test.ts: the leader of a session brings its children to the foreground of the terminal.
import { FileActions, posixSpawn, posixSpawnSync } from 'forkless';
import { readParameters, say } from '../../support/in-program.js';
import type { ProbeReport } from '../../support/probe.js';
import { askProbe } from '../../support/probe.js';

const { door } = readParameters<{ door: string }>();
const start = door === 'posixSpawnSync' ? posixSpawnSync : posixSpawn;
const toFront = (): FileActions => new FileActions().addTcsetpgrp(0);

const untouched = await askProbe({ pgroup: 0 }, start);
const reports: ProbeReport[] = [];
// After the first we are in the background ourselves, where a change of the terminal stops a process.
for (const more of [{}, {}, { sigdefault: 'all', sigmask: [] }, { sigdefault: ['SIGTTOU'] }] as const)
  reports.push(await askProbe({ pgroup: 0, fileActions: toFront(), ...more }, start));
const back = await askProbe({ fileActions: toFront() }, start);
say({ group: process.pid, untouched, reports, back });
