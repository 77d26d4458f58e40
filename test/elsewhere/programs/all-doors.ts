// Tries each way to start a process, and says what came of it.
import { say } from '../../support/in-program.js';

interface Fields {
  readonly code?: unknown;
  readonly permission?: unknown;
  readonly resource?: unknown;
  readonly message?: unknown;
}
interface Started {
  readonly exited: Promise<{ readonly code: number | null }>;
}

const { features, openPipe, posixSpawn, posixSpawnp, posixSpawnSync, posixSpawnpSync } = await import(
  'forkless'
);
const { default: dropIn } = await import('forkless/child_process');
await import('forkless/register');
const { default: childProcess } = await import('node:child_process');

function fieldsOf(error: unknown): Fields {
  const { code, permission, resource, message } = error as Fields;
  return { code, permission, resource, message };
}

async function outcomeOf(call: () => Started | Promise<Started>): Promise<unknown> {
  let started: Started | Promise<Started>;
  try {
    started = call();
  } catch (error) {
    return { thrown: true, ...fieldsOf(error) };
  }
  try {
    return (await (await started).exited).code;
  } catch (error) {
    return { thrown: false, ...fieldsOf(error) };
  }
}

function inNode(): Started {
  return {
    exited: new Promise((resolve, reject) => {
      const child = childProcess.spawn('/bin/true');
      child.on('error', reject).on('exit', (code) => resolve({ code }));
    }),
  };
}

function pipe(): unknown {
  try {
    return openPipe().length;
  } catch (error) {
    return fieldsOf(error);
  }
}

const { backend, reason, childProcess: ofDropIn } = features();
say({
  backend,
  reason,
  childProcess: ofDropIn,
  same: Object.entries(childProcess).every(([name, value]) => Reflect.get(dropIn, name) === value),
  posixSpawn: await outcomeOf(() => posixSpawn('/bin/true', ['true'])),
  posixSpawnp: await outcomeOf(() => posixSpawnp('true', ['true'])),
  posixSpawnSync: await outcomeOf(() => posixSpawnSync(Buffer.from('/bin/true'), ['true'])),
  posixSpawnpSync: await outcomeOf(() => posixSpawnpSync('true', ['true'])),
  nameless: await outcomeOf(() => posixSpawn('', ['true'])),
  node: await outcomeOf(inNode),
  pipe: pipe(),
});
