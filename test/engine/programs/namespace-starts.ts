// For pid-namespace.test.ts: starts through each function in another pid namespace, and what they say. $$ is small: the
// child has pids of its own.
import { FileActions, features, openPipe, posixSpawn, posixSpawnSync } from 'forkless';
import { exec, spawn, spawnSync } from 'forkless/child_process';
import { readParameters } from '../../support/in-program.js';
import { stuckChildren } from '../../support/proc.js';
import { runScenario } from '../../support/scenarios.js';
import { makeFifo } from '../../support/temp.js';
import { until } from '../../support/until.js';
import type { Way } from './namespaces.js';
import { enterNamespace } from './namespaces.js';

/** `vfork`: where a child before exec stops this process, none may be stuck there. */
const { way, vfork = false } = readParameters<{ way: Way; vfork?: boolean }>();
const SCRIPT = 'test $$ -lt 50 && echo $PPID';
const namespace = await enterNamespace(way);

await runScenario({
  async battery() {
    const said: Record<string, unknown> = {};
    said['spawnSync'] = spawnSync('sh', ['-c', SCRIPT], { encoding: 'utf8' }).stdout;
    said['spawn'] = await outputOfSpawn();
    said['exec'] = await new Promise((resolve) => exec(SCRIPT, (_error, stdout) => resolve(stdout)));
    said['posixSpawn'] = (await (await posixSpawn('/bin/sh', ['sh', '-c', 'exit 5'])).exited).code;
    said['posixSpawnSync'] = (await posixSpawnSync('/bin/sh', ['sh', '-c', 'exit 6']).exited).code;
    const ids = { encoding: 'utf8', uid: 65534, gid: 65534 } as const;
    said['ids'] = spawnSync('sh', ['-c', 'id -u; id -g'], ids).stdout;
    const reset = await posixSpawn('/bin/sh', ['sh', '-c', 'exit 7'], { resetIds: true });
    said['resetIds'] = (await reset.exited).code;
    said['missing'] = (spawnSync('/no/such/program').error as NodeJS.ErrnoException | undefined)?.code;
    said['failed'] = await posixSpawn('/no/such/program', ['x']).catch(({ code, step }) => [code, step]);
    if (!vfork) said['killed'] = await killedWhileStuck();
    said['rung'] = features().rung;
    await namespace.end();
    return said;
  },

  async flat() {
    const [, out] = openPipe();
    const options = { cloexecDefault: true, fds: [null, out, null] };
    const before = features().flat;
    const codes = [
      (await (await posixSpawn('/bin/sh', ['sh', '-c', 'exit 8'], options)).exited).code,
      (await posixSpawnSync('/bin/sh', ['sh', '-c', 'exit 9'], options).exited).code,
    ];
    await namespace.end();
    return { codes, flat: features().flat - before };
  },
});

async function outputOfSpawn(): Promise<string> {
  const child = spawn('sh', ['-c', SCRIPT]);
  let output = '';
  for await (const text of child.stdout.setEncoding('utf8')) output += text;
  return output;
}

async function killedWhileStuck(): Promise<unknown> {
  const fileActions = new FileActions().addOpen(5, makeFifo(), 'r');
  const stuck = posixSpawn('/bin/true', ['true'], { fileActions });
  process.kill(await until('it is stuck', () => stuckChildren()[0]), 'SIGKILL');
  return stuck.catch(({ code, signal }) => [code, signal]);
}
