import { once } from 'node:events';
import {
  closeSync,
  constants,
  createReadStream,
  createWriteStream,
  openSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { connect, createServer, Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { ReadStream } from 'node:tty';
import { expect } from 'chai';
import { meddle } from '../support/meddle.js';
import { tempPath } from '../support/temp.js';
import { childReport } from './child-report.js';
import { closed, ends, expectEventLog, gather, outcomeOf, throws } from './event-log.js';
import { byPosixSpawn, same } from './oracle.js';

describe('a stream in stdio', () => {
  same(
    'that another child writes is not read here when that child has ended',
    async (cp) => {
      const first = cp.spawn('/bin/sh', ['-c', 'echo data'], { stdio: ['ignore', 'pipe', 'ignore'] });
      const ended = once(first, 'exit');
      const second = cp.spawn('/bin/sh', ['-c', 'read line <&3; cat'], {
        stdio: [first.stdout, 'pipe', 'inherit', 'pipe'],
      });
      const said = gather(second.stdout);
      await ended;
      for (let round = 0; round < 20; round++) await new Promise(setImmediate);
      (second.stdio[3] as Socket).end('go on\n');
      await once(second, 'close');
      first.stdout?.destroy();
      return said();
    },
    (said) => expect(said).to.equal('data\n'),
  );
  same(
    'that is a net.Socket gives its descriptor to the child, and is paused here',
    async (cp) => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const address = server.address();
      const client = connect(typeof address === 'object' && address ? address.port : 0, '127.0.0.1');
      const [peer] = await Promise.all([once(server, 'connection'), once(client, 'connect')]);
      const socket: Socket = peer[0];
      const said = gather(client);
      const child = cp.spawn('/bin/sh', ['-c', 'read line; echo "got $line"'], {
        stdio: [socket, socket, 'inherit'],
      });
      const paused = [socket.isPaused(), socket.readableFlowing, child.stdin, child.stdout];
      client.write('a line\n');
      await closed(child);
      const ended = once(client, 'end');
      socket.destroy();
      await ended;
      client.destroy();
      server.close();
      await once(server, 'close');
      return [paused, said()];
    },
    (observed) => expect(observed).to.deep.equal([[true, false, null, null], 'got a line\n']),
  );

  same(
    'that is the stdout of another child joins the two',
    async (cp) => {
      const first = cp.spawn('/bin/sh', ['-c', 'echo a; echo b']);
      const second = cp.spawn('/bin/sh', ['-c', 'tr ab xy'], { stdio: [first.stdout, 'pipe', 'inherit'] });
      const said = gather(second.stdout);
      first.stdout?.destroy();
      await Promise.all([closed(first), closed(second)]);
      return said();
    },
    (text) => expect(text).to.equal('x\ny\n'),
  );
  same(
    'that is the stdin of another child joins the two',
    async (cp) => {
      const second = cp.spawn('/bin/sh', ['-c', 'tr ab xy']);
      const said = gather(second.stdout);
      const first = cp.spawn('/bin/sh', ['-c', 'echo a; echo b'], {
        stdio: ['ignore', second.stdin, 'inherit'],
      });
      first.on('exit', () => second.stdin?.end());
      await Promise.all([closed(first), closed(second)]);
      return said();
    },
    (text) => expect(text).to.equal('x\ny\n'),
  );
  same(
    'may be the inner handle of one, which has a descriptor',
    async (cp) => {
      const path = tempPath('file');
      const cat = cp.spawn('/bin/sh', ['-c', `cat >${path}`]);
      const { _handle: handle } = cat.stdin as unknown as { _handle: unknown };
      const ended = closed(cat);
      const outcome = await outcomeOf(() =>
        cp.spawn('echo', ['text'], { stdio: ['ignore', handle, 'inherit'] }),
      );
      cat.stdin?.end();
      await ended;
      return [outcome, readFileSync(path, 'utf8')];
    },
    ([, text]) => expect(text).to.equal('text\n'),
  );

  same(
    'that is a file gives its descriptor once it is open',
    async (cp) => {
      const path = tempPath('file');
      const stream = createWriteStream(path);
      const early = await outcomeOf(() => cp.spawn('/bin/true', { stdio: ['ignore', stream, stream] }));
      await once(stream, 'open');
      const late = await outcomeOf(() =>
        cp.spawn('/bin/sh', ['-c', 'echo out; echo err >&2'], { stdio: ['ignore', stream, stream] }),
      );
      stream.end('last\n');
      await once(stream, 'close');
      return { early, late, text: readFileSync(path, 'utf8') };
    },
    ({ early, late, text }) => {
      throws('ERR_INVALID_ARG_VALUE')(early);
      ends(0)(late);
      expect(text).to.equal('out\nerr\nlast\n');
    },
  );
  same(
    'that is a file for reading is read by the child',
    async (cp) => {
      const path = tempPath('file');
      writeFileSync(path, 'text');
      const stream = createReadStream(path);
      await once(stream, 'open');
      const outcome = await outcomeOf(() => cp.spawn('cat', { stdio: [stream, 'pipe', 'pipe'] }));
      stream.destroy();
      await once(stream, 'close');
      return outcome;
    },
    ends(0, 'text'),
  );
  same(
    'that is closed has no descriptor',
    async (cp) => {
      const stream = createReadStream('/dev/null');
      await once(stream, 'open');
      stream.destroy();
      await once(stream, 'close');
      return outcomeOf(() => cp.spawn('/bin/true', { stdio: [stream] }));
    },
    throws('ERR_INVALID_ARG_VALUE'),
  );
  same(
    'may be a FileHandle, which has a descriptor',
    async (cp) => {
      const file = await open('/dev/null', 'r');
      const outcome = await outcomeOf(() => cp.spawn('readlink', ['/proc/self/fd/0'], { stdio: [file] }));
      await file.close();
      return outcome;
    },
    ends(0, '/dev/null\n'),
  );

  for (const [what, make] of [
    ['a PassThrough', () => new PassThrough()],
    ['a socket that is not connected', () => new Socket()],
    ['a destroyed socket', () => new Socket().destroy()],
    ['an object with a wrong handle', () => ({ _handle: {}, handle: {} })],
    ['an object with a handle without descriptor', () => ({ handle: { fd: -1 } })],
  ] as const)
    same(
      `${what} throws`,
      (cp) =>
        outcomeOf(() => cp.spawn('/bin/true', { stdio: ['pipe', 'pipe', make()] })).then(withoutInspection),
      (outcome) => expect(outcome).to.include({ code: 'ERR_INVALID_ARG_VALUE' }),
    );

  same(
    'that is a terminal is one for the child',
    async (cp) => {
      const [master, terminal] = meddle.openPty();
      const stream = new ReadStream(terminal);
      const outcome = await outcomeOf(() =>
        cp.spawn('/bin/sh', ['-c', 'test -t 0 && tty | sed s/[0-9]*$//'], {
          stdio: [stream, 'pipe', 'pipe'],
        }),
      );
      const closing = once(stream, 'close');
      stream.destroy();
      await closing;
      closeSync(terminal);
      closeSync(master);
      return outcome;
    },
    ends(0, '/dev/pts/\n'),
  );

  same(
    'that is a pipe loses O_NONBLOCK in the child only on 0, 1 and 2',
    async (cp) => {
      const first = cp.spawn('cat');
      const seen = await childReport(cp, { stdio: ['ignore', 'ignore', 'ignore', first.stdin, 'pipe'] });
      first.stdin?.end();
      first.stdout?.resume();
      await closed(first);
      // Node's posix_spawn(3) takes it from all of them: differences.test.ts.
      return byPosixSpawn
        ? {
            ...seen,
            fds: seen.fds.map((entry) => ({ ...entry, flags: entry.flags & ~constants.O_NONBLOCK })),
          }
        : seen;
    },
    ({ fds }) => expect(fds.map(({ fd }) => fd)).to.deep.equal([0, 1, 2, 3, 4]),
  );

  same(
    'that many children write to at once gets all of it',
    async (cp) => {
      const path = tempPath('file');
      const fd = openSync(path, 'a');
      await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          closed(cp.spawn('/bin/echo', [`${n}`], { stdio: ['ignore', fd, 'inherit'] })),
        ),
      );
      closeSync(fd);
      return readFileSync(path, 'utf8')
        .split('\n')
        .map(Number)
        .sort((a, b) => a - b);
    },
    (numbers) => expect(numbers).to.have.length(21),
  );

  same(
    'is the same object as before, and still usable when the child has ended',
    async (cp) => {
      const cat = cp.spawn('cat');
      const said = gather(cat.stdout);
      const outcome = expectEventLog(
        await outcomeOf(() => cp.spawn('echo', ['by the child'], { stdio: ['ignore', cat.stdin, 'pipe'] })),
      );
      cat.stdin?.end('by the parent\n');
      await closed(cat);
      return [outcome.first.stdio, said()];
    },
    ([, text]) => expect(text).to.equal('by the child\nby the parent\n'),
  );
});

/** The message shows the stream with all that is in it: its first line and the code will do. */
function withoutInspection(outcome: Awaited<ReturnType<typeof outcomeOf>>): unknown {
  if (!('thrown' in outcome)) return outcome;
  const { message, firstLineOfStack, ...rest } = outcome.thrown;
  return { ...rest, message: message.split('Received')[0] };
}
