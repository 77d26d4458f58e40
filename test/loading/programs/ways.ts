// What this runtime can do with a descriptor that it has not opened itself: the table of docs/runtimes.md.
import { closeSync, createReadStream, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { openPipe, posixSpawn } from 'forkless';
import { close } from './numbers.js';

const ways: Record<string, () => unknown> = {
  readSync: () => withText((fd) => readSync(fd, Buffer.alloc(1)) === 1),
  createReadStream: () => withText((fd) => hasData(createReadStream('', { fd }))),
  Socket: () => withText((fd) => hasData(new Socket({ fd }))),
  writeSync: () => writeSync(openPipe()[1], 'text') === 4,
  closeSync: () => {
    const ends = openPipe();
    ends.forEach(closeSync);
    return true;
  },
  opened: async () => {
    const fd = openSync('opened', 'w+');
    await (await posixSpawn('/bin/echo', ['echo'], { fds: [0, fd, 2] })).exited;
    return readFileSync('opened', 'utf8') === '\n';
  },
};

/** The end of a pipe with something in it, and no end of file. */
async function withText(use: (fd: number) => unknown): Promise<unknown> {
  const [readEnd, writeEnd] = openPipe();
  await (await posixSpawn('/bin/echo', ['echo'], { fds: [0, writeEnd, 2] })).exited;
  const result = await use(readEnd);
  close(writeEnd);
  return result;
}

function hasData(stream: NodeJS.ReadableStream): Promise<boolean> {
  return new Promise((resolve, reject) => {
    setTimeout(resolve, 3000, false);
    stream.once('data', () => resolve(true)).once('error', reject);
  });
}

const can: Record<string, unknown> = {};
for (const [way, attempt] of Object.entries(ways)) {
  try {
    can[way] = await attempt();
  } catch {
    can[way] = false;
  }
}
console.log(JSON.stringify(can));
process.exit(); // a stream may still wait for more
