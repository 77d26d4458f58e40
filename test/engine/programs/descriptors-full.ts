// For descriptors-full-table.test.ts: starts in a process whose descriptor table is full, case by case.
import type { PosixSpawnOptions } from 'forkless';
import { FileActions, setCloexec } from 'forkless';
import { readParameters, say } from '../../support/in-program.js';
import { probePath } from '../../support/probe.js';
import { openDescriptors } from '../../support/proc.js';
import type { Outcome } from '../tight-table.js';
import { probeInTightTable } from '../tight-table.js';

/** A method of FileActions and its arguments. */
export type ActionCall = readonly [
  name: 'addClose' | 'addClosefrom' | 'addDup2' | 'addFchdir' | 'addInherit' | 'addOpen' | 'addTcsetpgrp',
  ...args: (number | string)[],
];

export interface FullTable {
  readonly limit: number;
  readonly softLimit: number;
  readonly free: readonly number[];
  readonly cases: readonly {
    readonly actions?: readonly ActionCall[];
    readonly options?: PosixSpawnOptions;
    readonly missing?: boolean;
  }[];
}

const { limit, softLimit, free, cases } = readParameters<FullTable>();

// What the caller of these tests left inheritable is no business of theirs.
for (const fd of openDescriptors().keys()) if (fd > 2) setCloexec(fd, true);
const outcomes: Outcome[] = [];
for (const { actions = [], options, missing } of cases) {
  const fileActions = new FileActions();
  for (const [name, ...args] of actions) Reflect.apply(fileActions[name], fileActions, args);
  const path = missing ? '/nonexistent' : probePath;
  const outcome = await probeInTightTable(limit, free, { fileActions, ...options }, softLimit, path);
  outcomes.push(outcome.table ? { ...outcome, table: outcome.table.filter(isOther) } : outcome);
}
say(outcomes);

function isOther(entry: number | string): boolean {
  return !/^[012] /.test(String(entry));
}
