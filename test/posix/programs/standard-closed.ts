// For descriptors-standard.test.ts: starts with each of 0 to 2 closed in this process by turns. 60 keeps the real 1 for
// what this program says.
import { closeSync, openSync } from 'node:fs';
import type { PosixSpawnOptions } from 'forkless';
import { FileActions, posixSpawn, posixSpawnSync, setCloexec } from 'forkless';
import { say } from '../../support/in-program.js';
import { meddle } from '../../support/meddle.js';
import type { ProbeReport, Start } from '../../support/probe.js';
import { askProbe } from '../../support/probe.js';
import { openDescriptors } from '../../support/proc.js';

// What the caller of these tests left inheritable is no business of theirs.
for (const fd of openDescriptors().keys()) if (fd > 2) setCloexec(fd, true);
const actions = (): FileActions => new FileActions();
const full = openSync('/dev/full', 'r');
const cases: Record<string, PosixSpawnOptions & { missing?: boolean }> = {
  plain: {},
  'default-deny': { cloexecDefault: true },
  'open onto 0': { fileActions: actions().addOpen(0, '/dev/zero', 'r') },
  'open onto 2 and 1': { fileActions: actions().addOpen(2, '/dev/zero', 'r').addOpen(1, '/dev/zero', 'r') },
  'open with O_CLOEXEC': { fileActions: actions().addOpen(0, '/dev/zero', 0o2000000) },
  'dup2 onto all': { fileActions: actions().addDup2(full, 0).addDup2(full, 1).addDup2(full, 2) },
  'slots from outside': { fds: [full, full, full] },
  'slots closed': { fds: [null, null, null] },
  'slots in a chain': { fds: [full, null, full, full] },
  'close all': { fileActions: actions().addClose(0).addClose(1).addClose(2) },
  'inherit 1': { fileActions: actions().addInherit(1) },
  'missing program': { missing: true },
  'missing program and slots': { missing: true, fds: Array(24).fill(full) },
};
for (const [index, fd] of [0, 1, 2, full].entries()) {
  meddle.dup2(fd, 60 + index);
  setCloexec(60 + index, true);
}

const seen: unknown[] = [];
for (let mask = 0; mask < 8; mask++) {
  const closed = [0, 1, 2].filter((fd) => (mask >> fd) & 1);
  for (const [title, options] of Object.entries(cases))
    for (const start of [posixSpawn, posixSpawnSync]) {
      for (const fd of closed) closeSync(fd);
      const result = await resultOf(start, options);
      for (const fd of closed) meddle.dup2(60 + fd, fd);
      seen.push({ closed, title, result });
    }
}
say(seen);

async function resultOf(
  start: Start,
  { missing = false, ...options }: PosixSpawnOptions & { missing?: boolean },
): Promise<string> {
  try {
    if (!missing) return textOf(await askProbe(options, start));
    await start('/nonexistent', ['x'], options);
    return 'started';
  } catch (error) {
    const { code, step } = error as { code: string; step: string };
    return `${code} ${step}`;
  }
}

function textOf(report: ProbeReport): string {
  return report.fds.map(({ fd, target }) => `${fd} ${target}`).join(', ');
}
