// For flat-standard.test.ts: starts of a process whose 0, 1 and 2 are closed.
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { PosixSpawnOptions } from 'forkless';
import { FileActions, features, posixSpawn, posixSpawnSync } from 'forkless';
import { say } from '../../support/in-program.js';
import { meddle } from '../../support/meddle.js';
import type { ProbeReport, Start } from '../../support/probe.js';
import { probeArgv, probePath } from '../../support/probe.js';
import { tempPath } from '../../support/temp.js';

const zero = openSync('/dev/zero', 'r');
const full = openSync('/dev/full', 'w');
const report = tempPath('report');
const argv = probeArgv('report-to', report);
posixSpawnSync(probePath, probeArgv('exit', 0));
await (await posixSpawn(probePath, probeArgv('exit', 0))).exited;
const kept = { 0: 40, 1: 41, 2: 42 } as const;
for (const fd of [0, 1, 2] as const) meddle.dup2(fd, kept[fd]);
for (const fd of [0, 1, 2]) closeSync(fd);
const before = features();

const actions = (): FileActions => new FileActions();
const cases: Record<string, PosixSpawnOptions & { path?: string }> = {
  nothing: {},
  'closed ones': { fds: [null, null, null] },
  'from above': { fds: [zero, full, zero] },
  opened: {
    fileActions: actions()
      .addOpen(0, '/dev/null', 'r')
      .addOpen(1, '/dev/zero', 'w')
      .addOpen(2, '/dev/full', 'w'),
  },
  '0 inherited': { fileActions: actions().addInherit(0) },
  '1 inherited': { fileActions: actions().addInherit(1) },
  '2 inherited': { fileActions: actions().addInherit(2) },
  '0 copied': { fds: [zero, full, null, 0] },
  '1 copied': { fds: [zero, full, null, 1] },
  '2 copied': { fds: [zero, full, null, 2] },
  'copied to and from': {
    fileActions: actions().addDup2(zero, 1).addDup2(1, 2).addClose(1).addDup2(full, 0),
  },
  'no program': { path: '/no/such/program', fds: [zero, full] },
};
const outcomes: Record<string, string> = {};
for (const [title, { path = probePath, ...options }] of Object.entries(cases)) {
  const [one = '', other] = [
    await outcomeOf(posixSpawn, path, options),
    await outcomeOf(posixSpawnSync, path, options),
  ];
  outcomes[title] = one === other ? one : `${other}, the other door: ${one}`;
}

const after = features();
for (const fd of [0, 1, 2] as const) meddle.dup2(kept[fd], fd);
const starts = sum(after.rungs) - sum(before.rungs);
say({ outcomes, flat: after.flat - before.flat, starts });

async function outcomeOf(start: Start, path: string, options: PosixSpawnOptions): Promise<string> {
  try {
    const { code } = await (await start(path, argv, { cloexecDefault: true, ...options })).exited;
    const { fds }: ProbeReport = JSON.parse(readFileSync(report, 'latin1'));
    return code === 0 ? fds.map(({ fd, target }) => `${fd} ${target}`).join() : `ended with ${code}`;
  } catch (error) {
    const { code, step, fd = '' } = error as { code: string; step: string; fd?: number };
    return `${code} at ${step} ${fd}`;
  }
}

function sum(rungs: object): number {
  return Object.values(rungs).reduce((total, count) => total + count);
}
