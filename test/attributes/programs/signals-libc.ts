// For signals.test.ts: what children have of signals 32 and 33, which are ignored and blocked here.
import type { PosixSpawnOptions } from 'forkless';
import { features, posixSpawn, posixSpawnSync } from 'forkless';
import { readParameters, say } from '../../support/in-program.js';
import { meddle } from '../../support/meddle.js';
import type { ProbeReport } from '../../support/probe.js';
import { askProbe } from '../../support/probe.js';
import { statusField } from '../../support/proc.js';

const { mask } = readParameters<{ mask: string }>();
meddle.setMask(mask);
const own = { ignored: statusField('SigIgn'), blocked: statusField('SigBlk') };
const options: PosixSpawnOptions[] = [
  {},
  { sigdefault: 'all' },
  { sigdefault: ['SIGPIPE'] },
  { sigignore: ['SIGUSR1'] },
  { sigmask: [] },
  { sigmask: ['SIGUSR2'], sigdefault: 'all', sigignore: ['SIGUSR1'] },
  { cloexecDefault: true },
];
const reports: ProbeReport[] = [];
for (const start of [posixSpawn, posixSpawnSync])
  for (const each of options) reports.push(await askProbe(each, start));
say({ own, reports, rungs: features().rungs });
