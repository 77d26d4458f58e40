// For flat-locks.test.ts: flat starts of a process that has locked files and epoll sets.
import { once } from 'node:events';
import { closeSync, fstatSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import type { Process } from 'forkless';
import { openPipe, openSocketPair, posixSpawn, posixSpawnSync } from 'forkless';
import { readParameters, say } from '../../support/in-program.js';
import { meddle } from '../../support/meddle.js';
import { probeArgv, probePath } from '../../support/probe.js';
import { openDescriptors } from '../../support/proc.js';
import { makeFifo, tempPath } from '../../support/temp.js';
import { flatStarts } from '../flat-crowd.js';
import { tables } from '../flat-meddle.js';

const { starts } = readParameters<{ starts: number }>();
const argv = probeArgv('exit', 0);
const codes = new Set<number | null>();
await run(posixSpawnSync, []);

const locks = ['lockRecord', 'lockOpenFile', 'lockFlock'] as const;
type Lock = (typeof locks)[number];

const locked: number[] = [];
const low = locks.map((how, index) => {
  const fd = openNew(how);
  meddle.dup2(fd, 20 + index);
  closeSync(fd);
  return lock(how, 20 + index);
});
// no sources of any start
for (const how of locks) lock(how, openNew(how));
const fifo = lock('lockFlock', openSync(makeFifo(), 'r+'));
const lockedFifo = lock('lockRecord', openSync(makeFifo(), 'r+'));

const earlier = new Set(openDescriptors().keys());
const server = createServer().listen(0, '127.0.0.1');
await once(server, 'listening');
const listening = listeningDescriptor();
const [socket] = openSocketPair();
const [pipe] = openPipe();

// The loop brings its own set up to date when it next waits.
for (let i = 0; i < 3; i++) await new Promise(setImmediate);
const before = { locks: lockLines(), sets: epollLines() };
const regular = await flatStarts(async () => {
  for (let i = 0; i < starts / 2; i++) await run(posixSpawnSync, [low[i % 3] ?? -1, fifo, low[1] ?? -1]);
});
const sockets = await flatStarts(async () => {
  for (let i = 0; i < starts / 2; i++)
    await run(i % 2 ? posixSpawn : posixSpawnSync, [socket, listening, fifo, pipe]);
});
// Closing any descriptor of it would end the lock: it is not brought into the reserve.
const ofLocked = await flatStarts(async () => {
  for (let i = 0; i < 20; i++) await run(i % 2 ? posixSpawn : posixSpawnSync, [lockedFifo]);
});
const after = { locks: lockLines(), sets: epollLines() };

const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
const [accepted] = await once(server, 'connection');
client.destroy();
accepted.destroy();
server.close();
say({
  flat: { regular, sockets, locked: ofLocked },
  codes: [...codes],
  locks: [before.locks, after.locks],
  sets: [before.sets, after.sets],
  accepted: true,
});

async function run(start: typeof posixSpawn | typeof posixSpawnSync, fds: readonly number[]): Promise<void> {
  const child: Process = await start(probePath, argv, { cloexecDefault: true, fds });
  codes.add((await child.exited).code);
}

function openNew(name: string): number {
  const path = tempPath(name);
  writeFileSync(path, 'text');
  return openSync(path, 'r+');
}

function lock(how: Lock, fd: number): number {
  tables[how](fd);
  locked.push(fstatSync(fd).ino);
  return fd;
}

/** The one socket that has come with the server. */
function listeningDescriptor(): number {
  const found = [...openDescriptors()].filter(([fd, target]) => !earlier.has(fd) && /^socket:/.test(target));
  const [[fd] = [-1]] = found;
  if (found.length !== 1) throw new Error(`which is the server's socket? ${found}`);
  return fd;
}

/** What /proc/locks says of the files that are locked here. */
function lockLines(): string[] {
  return readFileSync('/proc/locks', 'latin1')
    .split('\n')
    .map((line) => line.split(/\s+/))
    .filter(
      ([, kind = '', , , , file = '', , end]) =>
        end !== undefined && kind !== '->' && locked.includes(Number(file.split(':')[2])),
    )
    .map(([, type, , access, , inode, begin, end]) => [type, access, inode, begin, end].join(' '))
    .sort();
}

/** What is in each epoll set of this process. */
function epollLines(): string[] {
  return [...openDescriptors()]
    .filter(([, target]) => target === 'anon_inode:[eventpoll]')
    .flatMap(([fd]) =>
      readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1')
        .split('\n')
        .filter((line) => line.startsWith('tfd:'))
        .map((line) => `${fd} ${line.replace(/\s+/g, ' ')}`),
    )
    .sort();
}
