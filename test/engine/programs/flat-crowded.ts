// For flat-crowded.test.ts: all kinds of starts with many descriptors open.
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { PosixSpawnOptions, Process } from 'forkless';
import { FileActions, features, openPipe, posixSpawn, posixSpawnSync } from 'forkless';
import { spawn, spawnSync } from 'forkless/child_process';
import { readParameters, say } from '../../support/in-program.js';
import type { Start } from '../../support/probe.js';
import { askProbe, probeArgv, probePath } from '../../support/probe.js';
import { childrenOf, openDescriptors, reservedNumbers } from '../../support/proc.js';
import { release, stuckOn, untilStuck } from '../../support/stuck.js';
import { makeFifo } from '../../support/temp.js';
import { until } from '../../support/until.js';
import { crowd } from '../flat-crowd.js';

const { count } = readParameters<{ count: number }>();
const cloexecDefault = true;
const textArgv = probeArgv('write-fd', 1, 'text');
const exitArgv = probeArgv('exit', 0);
const blockArgv = probeArgv('block');
const echoArgs = probeArgv('echo-stdin').slice(1);

const fifo = makeFifo();
posixSpawnSync(probePath, textArgv, { fds: [0, openSync('/dev/null', 'w')] });
// what libuv opens once and keeps
await once(spawn(probePath, exitArgv.slice(1), { argv0: 'probe' }), 'close');
crowd(count);
posixSpawnSync(probePath, exitArgv, { cloexecDefault });

const open = await quiet();
const before = features();
const wrong = await wrongData();
const failures = await failuresOfBothDoors();
const table = await tableOfNamed();
const ends = {
  'closed by the parent at once, the loop blocked': await endAfter(posixSpawn),
  'of a start that failed': await endOfFailure(),
  'of a start that blocks': await endAfter(posixSpawnSync),
  'while other starts are stuck': await endWhileStuck(),
  'while other children run': await endWhileRunning(),
};
const after = features();
const left = (await quiet()) - open;
say({
  starts: sum(after.rungs) - sum(before.rungs),
  flat: after.flat - before.flat,
  wrong,
  failures,
  table,
  ends,
  left,
  reserve: reservedNumbers().length,
});

async function quiet(): Promise<number> {
  await until('all are reaped', () => childrenOf().length === 0);
  await (await posixSpawn(probePath, exitArgv)).exited;
  return openDescriptors().size;
}

async function wrongData(): Promise<string[]> {
  const found: string[] = [];
  const check = (title: string, got: Buffer, expected: Buffer): void => {
    if (!got.equals(expected)) found.push(`${title}: ${got.length}`);
  };
  for (const size of [0, 1, 70_000, 1 << 20]) {
    const input = Buffer.from(Array.from({ length: size }, (_, index) => (index * 31) % 251));
    const child = spawn(probePath, echoArgs, { argv0: 'probe' });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stdin.end(input);
    await once(child, 'close');
    check(`spawn ${size}`, Buffer.concat(chunks), input);
    const { stdout } = spawnSync(probePath, echoArgs, { argv0: 'probe', input, maxBuffer: 1 << 21 });
    check(`spawnSync ${size}`, stdout, input);
  }
  return found;
}

async function failuresOfBothDoors(): Promise<unknown[]> {
  const found: unknown[] = [];
  const cases: [path: string, options: PosixSpawnOptions][] = [
    ['/no/such/program', {}],
    ['/etc/passwd', {}],
    [probePath, { fds: [0, 1, 19_900] }],
    [probePath, { fileActions: new FileActions().addClose(4).addOpen(5, '/no/such/file', 'r') }],
    [probePath, { fileActions: new FileActions().addInherit(19_900) }],
    [probePath, { cwd: '/no/such/folder' }],
    [probePath, { pgroup: 1 }],
  ];
  for (const start of [posixSpawn, posixSpawnSync])
    for (const [path, options] of cases)
      await (async () => start(path, textArgv, { cloexecDefault, ...options }))().then(
        () => found.push('started'),
        ({ code, step, actionIndex = null, fd = null }) => found.push([code, step, actionIndex, fd]),
      );
  return found;
}

async function tableOfNamed(): Promise<string[]> {
  const [tableRead, tableWrite] = openPipe();
  const nothing = openSync('/dev/null', 'r');
  const zero = openSync('/dev/zero', 'r');
  const named = [nothing, tableWrite, null, null, null, null, null, zero];
  const { fds } = await askProbe({ cloexecDefault, fds: named });
  const pipe = openDescriptors().get(tableWrite);
  for (const fd of [tableRead, tableWrite, nothing, zero]) closeSync(fd);
  return fds.map(({ fd, target }) => `${fd} ${target === pipe ? 'a pipe' : target}`);
}

/** Blocks this thread until the last writer is gone. */
function readAll(fd: number): string {
  const text = readFileSync(fd, 'latin1');
  closeSync(fd);
  return text;
}

function startBlocking(): Promise<Process> {
  return posixSpawn(probePath, blockArgv, { cloexecDefault, fds: [null, null, null] });
}

async function endAfter(start: Start): Promise<string> {
  const [read, write] = openPipe();
  const child = start(probePath, textArgv, { cloexecDefault, fds: [null, write] });
  closeSync(write);
  const text = readAll(read);
  await (await child).exited;
  return text;
}

async function endOfFailure(): Promise<string> {
  const [read, write] = openPipe();
  const failed = posixSpawn('/no/such/program', textArgv, { cloexecDefault, fds: [null, write] }).catch(
    () => {},
  );
  closeSync(write);
  const text = readAll(read);
  await failed;
  return text;
}

async function endWhileStuck(): Promise<string> {
  const startStuck = (): Promise<Process> =>
    posixSpawn(probePath, exitArgv, { cloexecDefault, ...stuckOn(fifo) });
  const stuck = [startStuck(), startStuck(), startStuck()];
  const [read, write] = openPipe();
  const child = posixSpawn(probePath, textArgv, { cloexecDefault, fds: [null, write] });
  stuck.push(startStuck(), startStuck(), startStuck());
  closeSync(write);
  await untilStuck(6);
  const text = readAll(read);
  release(fifo);
  for (const one of [child, ...stuck]) await (await one).exited;
  return text;
}

async function endWhileRunning(): Promise<string> {
  const [read, write] = openPipe();
  const running: Process[] = [];
  for (let i = 0; i < 5; i++) running.push(await startBlocking());
  const child = posixSpawn(probePath, textArgv, { cloexecDefault, fds: [null, write] });
  for (let i = 0; i < 5; i++) running.push(await posixSpawn(probePath, blockArgv, { cloexecDefault }));
  closeSync(write);
  const text = readAll(read);
  for (const one of running) one.kill('SIGKILL');
  for (const one of [await child, ...running]) await one.exited;
  return text;
}

function sum(rungs: object): number {
  return Object.values(rungs).reduce((total, count) => total + count);
}
