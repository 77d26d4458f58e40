// Run in a folder where the package is installed: goes through every door, and says as JSON what it met.
import childProcess, * as names from 'node:child_process';
import { createRequire } from 'node:module';
import workerThreads from 'node:worker_threads';

// Taken now: `register` could replace them.
const nodeChildProcess = { ...childProcess };
const others = [workerThreads.Worker, process.env.NODE_OPTIONS];

const require = createRequire(import.meta.url);
const forkless = await import('forkless');
const dropIn = await import('forkless/child_process');
await import('forkless/register');
const byRequire = process.features.require_module
  ? [require('forkless'), require('forkless/child_process')]
  : [forkless.default, dropIn.default];

const doors = {
  posixSpawn: () => forkless.posixSpawn('/bin/true', ['true']),
  posixSpawnp: () => forkless.posixSpawnp('true', ['true']),
  posixSpawnSync: () => forkless.posixSpawnSync('/bin/true', ['true']),
  posixSpawnpSync: () => forkless.posixSpawnpSync('true', ['true']),
  openPipe: () => forkless.openPipe(),
  openSocketPair: () => forkless.openSocketPair(),
  getCloexec: () => forkless.getCloexec(0),
  setCloexec: () => forkless.setCloexec(0, false),
};

console.log(
  JSON.stringify({
    // Of Node's names those behind which something else stands.
    foreign: Object.keys(nodeChildProcess).filter((name) =>
      [dropIn.default, byRequire[1], names].some((module) => module[name] !== nodeChildProcess[name]),
    ),
    foreignNames: Object.keys(dropIn).filter(
      (name) => !['default', 'module.exports'].includes(name) && dropIn[name] !== nodeChildProcess[name],
    ),
    sameByRequire: byRequire[0] === forkless.default && byRequire[1] === dropIn.default,
    replaced:
      Object.keys(nodeChildProcess).some((name) => childProcess[name] !== nodeChildProcess[name]) ||
      workerThreads.Worker !== others[0] ||
      process.env.NODE_OPTIONS !== others[1],
    doors: Object.fromEntries(
      await Promise.all(Object.entries(doors).map(async ([name, open]) => [name, await outcome(open)])),
    ),
    wrong: await outcome(() => forkless.posixSpawn(1, [])),
    explained: forkless.explain('/bin/true', ['true'], {
      cwd: '/',
      env: {},
      sigdefault: ['SIGTERM'],
      fileActions: new forkless.FileActions().addClose(5).addOpen(1, 'file', 'w'),
    }),
    features: forkless.features(),
    // Last: what a start through the drop-in loads is Node's own business.
    seen: globalThis.seen?.slice() ?? [],
    status: outcomeOfStart(),
  }),
);

/** How a call failed, and whether it was thrown; null where it did not. */
async function outcome(call) {
  let thrown = true;
  try {
    const result = call();
    thrown = false;
    await result;
    return null;
  } catch ({ name, code, message, reason, cause }) {
    return {
      thrown,
      name,
      code,
      message,
      reason,
      cause: cause === undefined ? null : String(cause.code ?? cause),
    };
  }
}

function outcomeOfStart() {
  try {
    return dropIn.spawnSync(process.execPath, ['--version'], { encoding: 'utf8' }).status;
  } catch ({ code }) {
    return code;
  }
}
