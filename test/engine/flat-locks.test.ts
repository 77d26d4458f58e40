import { expect } from 'chai';
import { fdRun } from '../support/launchers.js';
import { runNodeForValue } from '../support/run-node.js';
import { crowdUrl, meddleUrl, needLinux, SLOTS } from './flat-crowd.js';

const STARTS = 1000;

interface Kept {
  flat: Record<string, number>;
  codes: number[];
  locks: [before: string[], after: string[]];
  sets: [before: string[], after: string[]];
  accepted: boolean;
}

describe(`${STARTS} flat starts`, () => {
  let kept: Kept;

  before(async function () {
    needLinux(this, 5, 9);
    // 20 to 23 are below the reserve: a regular file that stands there may be a source of a flat start.
    kept = await runNodeForValue<Kept>(script, {
      env: { FORKLESS_FLAT: 'always' },
      launcher: fdRun('20-23'),
    });
  });

  it('run with locked files as their sources, or plain where that could end a lock', () => {
    expect(kept.codes).to.deep.equal([0]);
    expect(kept.flat).to.deep.equal({ regular: STARTS / 2, sockets: STARTS / 2, locked: 0 });
  });

  it('leave every record lock, lock of an open file and flock as it was', () => {
    const [before, after] = kept.locks;
    expect(before).to.have.length(8);
    expect(after).to.deep.equal(before);
  });

  it('leave every epoll set as it was, and the sockets in it working', () => {
    const [before, after] = kept.sets;
    expect(before.length).to.be.greaterThan(3);
    expect(after).to.deep.equal(before);
    expect(kept.accepted).to.equal(true);
  });
});

describe('a record lock', () => {
  before(function () {
    needLinux(this, 5, 9);
  });

  it('that is taken on a file while it is lent to a start stays: the number of the reserve is given up', async () => {
    const result = await runNodeForValue(
      `
      import { fstatSync, openSync, readFileSync } from 'node:fs';
      import { posixSpawn, posixSpawnSync } from 'forkless';
      import { flatStarts } from '${crowdUrl}';
      import { tables } from '${meddleUrl}';
      const argv = probeArgv('exit', 0);
      const run = async (fds) => (await (await posixSpawn(probePath, argv, { cloexecDefault: true, fds })).exited).code;
      await run([]);
      await run([]);
      const fd = openSync(makeFifo(), 'r+');
      const isLocked = () => readFileSync('/proc/locks', 'latin1').split('\\n').some((line) =>
        line.includes('POSIX') && line.includes(':' + fstatSync(fd).ino + ' '));
      tables.installHold();
      tables.holdNext(1);
      const held = run([fd]);
      const [pid] = await until('it is held', () => tables.heldStarts().length > 0 && tables.heldStarts());
      const lent = reservedNumbers().length;
      tables.lockRecord(fd);
      tables.letGo(pid);
      const codes = [await held];
      const flat = await flatStarts(async () => {
        for (let i = 0; i < 5; i++) codes.push(await run([]));
      });
      codes.push(await run([fd]));
      say({ lent, codes, flat, reserve: reservedNumbers().length, locked: isLocked() });
    `,
      { env: { FORKLESS_FLAT: 'always' } },
    );
    expect(result).to.deep.equal({
      lent: SLOTS - 2,
      codes: Array(7).fill(0),
      flat: 5,
      reserve: SLOTS - 1,
      locked: true,
    });
  });
});

const script = `
  import { once } from 'node:events';
  import { closeSync, fstatSync, openSync, readFileSync, writeFileSync } from 'node:fs';
  import { connect, createServer } from 'node:net';
  import { openPipe, openSocketPair, posixSpawn, posixSpawnSync } from 'forkless';
  import { flatStarts } from '${crowdUrl}';
  import { tables } from '${meddleUrl}';

  const argv = probeArgv('exit', 0);
  const codes = new Set();
  const run = async (start, fds) => codes.add((await (await start(probePath, argv, { cloexecDefault: true, fds })).exited).code);
  await run(posixSpawnSync, []);

  const locked = [];
  const lockable = (how, fd) => {
    tables[how](fd);
    locked.push(fstatSync(fd).ino);
    return fd;
  };
  const open = (name) => {
    const path = tempPath(name);
    writeFileSync(path, 'text');
    return openSync(path, 'r+');
  };
  const low = ['lockRecord', 'lockOpenFile', 'lockFlock'].map((how, index) => {
    const fd = open(how);
    meddle.dup2(fd, 20 + index);
    closeSync(fd);
    return lockable(how, 20 + index);
  });
  // no sources of any start
  for (const how of ['lockRecord', 'lockOpenFile', 'lockFlock']) lockable(how, open(how));
  const fifo = openSync(makeFifo(), 'r+');
  lockable('lockFlock', fifo);
  const lockedFifo = lockable('lockRecord', openSync(makeFifo(), 'r+'));

  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const [listening] = [...openDescriptors().keys()].filter((fd) => server._handle.fd === fd);
  const [socket] = openSocketPair();
  const [pipe] = openPipe();

  const locks = () => readFileSync('/proc/locks', 'latin1').split('\\n')
    .map((line) => line.split(/\\s+/))
    .filter((fields) => fields.length > 6 && fields[1] !== '->' && locked.includes(Number(fields[5].split(':')[2])))
    .map(([, type, , access, , inode, begin, end]) => [type, access, inode, begin, end].join(' ')).sort();
  const sets = () => [...openDescriptors()].filter(([, target]) => target === 'anon_inode:[eventpoll]')
    .flatMap(([fd]) => readFileSync('/proc/self/fdinfo/' + fd, 'latin1').split('\\n')
      .filter((line) => line.startsWith('tfd:')).map((line) => fd + ' ' + line.replace(/\\s+/g, ' '))).sort();

  // The loop brings its own set up to date when it next waits.
  for (let i = 0; i < 3; i++) await new Promise(setImmediate);
  const before = { locks: locks(), sets: sets() };
  const flat = {};
  flat.regular = await flatStarts(async () => {
    for (let i = 0; i < ${STARTS / 2}; i++) await run(posixSpawnSync, [low[i % 3], fifo, low[1]]);
  });
  flat.sockets = await flatStarts(async () => {
    for (let i = 0; i < ${STARTS / 2}; i++) await run(i % 2 ? posixSpawn : posixSpawnSync, [socket, listening, fifo, pipe]);
  });
  // Closing any descriptor of it would end the lock: it is not brought into the reserve.
  flat.locked = await flatStarts(async () => {
    for (let i = 0; i < 20; i++) await run(i % 2 ? posixSpawn : posixSpawnSync, [lockedFifo]);
  });
  const after = { locks: locks(), sets: sets() };
  const client = connect(server.address().port, '127.0.0.1');
  const [accepted] = await once(server, 'connection');
  client.destroy();
  accepted.destroy();
  server.close();
  say({ flat, codes: [...codes], locks: [before.locks, after.locks], sets: [before.sets, after.sets], accepted: true });
`;
