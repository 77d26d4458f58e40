// For users.test.ts: starts with ids of their own while a thread changes those of this process without end.
import { posixSpawn } from 'forkless';
import { readParameters, say } from '../../support/in-program.js';
import { meddle } from '../../support/meddle.js';
import type { ProbeReport } from '../../support/probe.js';
import { askProbeByPipe } from '../../support/probe.js';

const { program, nobody } = readParameters<{ program: string; nobody: number }>();
const reports: (ProbeReport | string)[] = [];
meddle.startIdChanger(nobody);
// for as long as the thread lets it be nobody it gets no report, however often it tries
while (reports.length < 200 || reports.every((report) => typeof report === 'string'))
  try {
    const options = { uid: 1234, gid: 2345 };
    reports.push(await askProbeByPipe(options, 1, (_path, argv, rest) => posixSpawn(program, argv, rest)));
  } catch (error) {
    const { code, step } = error as { code: string; step?: string };
    // without a step it is an error of this program, which may open nothing while it is nobody
    if (step !== undefined) reports.push(`${code} ${step}`);
    else await new Promise(setImmediate);
  }
say({ reports, changes: meddle.stopIdChanger() });
