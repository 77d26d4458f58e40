// For flat-leaks.test.ts: many flat starts, five at a time, in a crowded table, and what has grown meanwhile.
import { readFileSync } from 'node:fs';
import type { PosixSpawnOptions } from 'forkless';
import { FileActions, features, openPipe, posixSpawn, posixSpawnSync } from 'forkless';
import { readParameters, say } from '../../support/in-program.js';
import { probeArgv, probePath } from '../../support/probe.js';
import { childrenOf, openDescriptors, reservedNumbers, threadTimes } from '../../support/proc.js';
import { until } from '../../support/until.js';
import { crowd } from '../flat-crowd.js';

const { count, fails } = readParameters<{ count: number; fails: boolean }>();

crowd(700);
const [readFd, writeFd] = openPipe();
const argv = probeArgv('exit', 3);
const failures: [path: string, code: string, options: PosixSpawnOptions][] = [
  ['/no/such/program', 'ENOENT', { fds: [readFd, writeFd] }],
  ['/etc/passwd', 'EACCES', {}],
  [probePath, 'EBADF', { fds: [readFd, 19_000] }],
  [
    probePath,
    'ENOENT',
    { fileActions: new FileActions().addDup2(writeFd, 1).addOpen(5, '/no/such/file', 'r') },
  ],
  [probePath, 'ENOENT', { cwd: '/no/such/folder' }],
];

let wrong = 0;
const one = fails ? isRightFailure : isRightExit;
await state();
await inFourParts();
const before = await state();
await inFourParts();
const after = await state();
const growth = Object.fromEntries(
  (['children', 'threads', 'mappings', 'rssKiB', 'heapKiB', 'flat'] as const).map((name) => [
    name,
    after[name] - before[name],
  ]),
);
const lost = after.descriptors === before.descriptors && after.reserve === before.reserve ? 0 : 1;
say({ wrong, lost, ...growth });

async function isRightExit(index: number): Promise<boolean> {
  const start = index % 8 === 0 ? posixSpawnSync : posixSpawn;
  const fds = index % 3 === 0 ? [readFd, writeFd, writeFd] : [null, writeFd];
  const child = await start(probePath, argv, { cloexecDefault: true, fds });
  return (await child.exited).code === 3;
}

async function isRightFailure(index: number): Promise<boolean> {
  const start = index % 8 === 0 ? posixSpawnSync : posixSpawn;
  const [path, expected, options] = failures[index % 5] ?? [];
  if (path === undefined) return false;
  try {
    await start(path, argv, { cloexecDefault: true, ...options });
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === expected;
  }
}

async function inFourParts(): Promise<void> {
  for (let part = 0; part < 4; part++) {
    for (let begin = 0; begin < count / 4; begin += 5) {
      const right = await Promise.all([0, 1, 2, 3, 4].map((index) => one(begin + index)));
      wrong += right.filter((isRight) => !isRight).length;
    }
    await state();
  }
}

async function state() {
  await until('all children are reaped', () => childrenOf().length === 0);
  await (await posixSpawn(probePath, argv)).exited;
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await new Promise(setImmediate);
  }
  return {
    // with the numbers of the reserve, and what stands on them
    descriptors: [...openDescriptors()].map(String).sort().join('\n'),
    reserve: reservedNumbers().join(),
    children: childrenOf().length,
    threads: threadTimes().size,
    mappings: readFileSync('/proc/self/maps', 'latin1').match(/^\S+ ...s /gm)?.length ?? 0,
    rssKiB: Number(/RssAnon:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]),
    heapKiB: Math.round(process.memoryUsage().heapUsed / 1024),
    flat: features().flat,
  };
}
