import type { SpawnSyncReturns } from 'node:child_process';
import { readParameters, say } from '../../support/in-program.js';

const { stubbed } = readParameters<{ stubbed: boolean }>();
const cp = process.getBuiltinModule('node:child_process');
const { spawnSync: nodes } = cp;
const calls: string[] = [];
if (stubbed) for (const name of ['spawn', 'spawnSync']) Object.assign(cp, { [name]: () => calls.push(name) });
const { spawnSync: ours } = await import('forkless/child_process');
const describe = ({ error, ...rest }: SpawnSyncReturns<unknown>) => [
  Object.entries(rest).map(([key, value]) => [key, String(value)]),
  (error as { spawnargs?: unknown } | undefined)?.spawnargs,
];
const args = ['a', 1 as unknown as string];
const { status } = ours('exit', ['3'], { shell: true });
say([describe(ours('/no/such/program', args)), describe(nodes('/no/such/program', args)), status, calls]);
