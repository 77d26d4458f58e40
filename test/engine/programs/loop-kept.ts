// For lifetime.test.ts: whether a child is alive when the event loop of this process ends. It echoes our input.
import type { Process } from 'forkless';
import { posixSpawn, posixSpawnSync } from 'forkless';
import { readParameters, say } from '../../support/in-program.js';
import { probeArgv, probePath } from '../../support/probe.js';
import { childrenOf } from '../../support/proc.js';

/** What is done to the child, or before it is started to another one that has ended. */
const actions = {
  ref: (child: Process) => child.ref(),
  unref: (child: Process) => child.unref(),
  wait: (child: Process) => {
    child.exited.then(() => say(1));
  },
  dispose: (child: Process) => child[Symbol.asyncDispose](),
  failure: () => posixSpawn('/no/such/program', ['x']).catch(() => {}),
};
export type Action = keyof typeof actions;

const {
  door,
  before = [],
  after = [],
} = readParameters<{ door: string; before?: Action[]; after?: Action[] }>();
if (before.length > 0) {
  const ended = await posixSpawn('/bin/true', ['true']);
  await ended.exited;
  for (const action of before) await actions[action](ended);
}
const start = door === 'posixSpawnSync' ? posixSpawnSync : posixSpawn;
const child = await start(probePath, probeArgv('echo-stdin'));
for (const action of after) void actions[action](child);
process.on('exit', () => say({ alive: childrenOf().some(({ state }) => state !== 'Z') }));
say(child.pid);
