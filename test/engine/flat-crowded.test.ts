import { expect } from 'chai';
import { helper } from '../support/paths.js';
import { runNodeForValue } from '../support/run-node.js';
import { crowdUrl, hasRoomFor, needLinux, SLOTS } from './flat-crowd.js';

interface Crowded {
  starts: number;
  flat: number;
  wrong: string[];
  failures: unknown[];
  table: string[];
  ends: Record<string, string>;
  left: number;
  reserve: number;
}

for (const count of [4000, 19_000])
  describe(`with ${count} descriptors open`, () => {
    let result: Crowded;

    before(async function () {
      needLinux(this, 5, 9);
      if (!hasRoomFor(count)) {
        console.error(`SKIPPED: RLIMIT_NOFILE is too low for ${count} descriptors`);
        this.skip();
      }
      result = await runNodeForValue<Crowded>(script(count), { deadlineMs: 20_000 });
    });

    it('these starts are flat, but for those that name a closed descriptor', () => {
      expect(result.starts).to.be.greaterThan(40);
      expect(result.flat).to.be.within(result.starts - 4, result.starts);
    });

    it('data goes both ways, by pipes of the drop-in and by pipes of the caller', () => {
      expect(result.wrong).to.deep.equal([]);
    });

    it('a failure names the step, by both doors', () => {
      const ofEachDoor = [
        ['ENOENT', 'execve', null, null],
        ['EACCES', 'execve', null, null],
        ['EBADF', 'dup2', null, 19_900],
        ['ENOENT', 'open', 1, 5],
        ['EBADF', 'inherit', 0, 19_900],
        ['ENOENT', 'chdir', null, null],
        ['EPERM', 'setpgid', null, null],
      ];
      expect(result.failures).to.deep.equal([...ofEachDoor, ...ofEachDoor]);
    });

    it('the program has what was named, and nothing else', () => {
      expect(result.table).to.deep.equal(['0 /dev/null', '1 a pipe', '7 /dev/zero']);
    });

    it('a pipe ends with the child, or when its start has failed: nothing else holds it', () => {
      expect(result.ends).to.deep.equal({
        'closed by the parent at once, the loop blocked': 'text',
        'of a start that failed': '',
        'of a start that blocks': 'text',
        'while other starts are stuck': 'text',
        'while other children run': 'text',
      });
    });

    it('no descriptor and no number of the reserve is missing in the end', () => {
      expect(result).to.include({ left: 0, reserve: SLOTS });
    });
  });

function script(count: number): string {
  return `
    import { once } from 'node:events';
    import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
    import { FileActions, features, openPipe, posixSpawn, posixSpawnSync } from 'forkless';
    import { spawn, spawnSync } from 'forkless/child_process';
    import { release, stuckOn, untilStuck } from '${new URL('../support/stuck.js', import.meta.url).href}';
    import { crowd } from '${crowdUrl}';

    const cloexecDefault = true;
    const probe = ${JSON.stringify(helper('probe'))};
    const argv = probeArgv('write-fd', 1, 'text');
    const bytes = (size) => Buffer.from(Array.from({ length: size }, (_, index) => (index * 31) % 251));
    const wrong = [];
    const check = (title, got, expected) => { if (!got.equals(expected)) wrong.push(title + ': ' + got.length); };

    const fifo = makeFifo();
    posixSpawnSync(probe, argv, { fds: [0, openSync('/dev/null', 'w')] });
    // what libuv opens once and keeps
    await once(spawn(probe, probeArgv('exit', 0).slice(1), { argv0: 'probe' }), 'close');
    crowd(${count});
    posixSpawnSync(probe, probeArgv('exit', 0), { cloexecDefault });
    const quiet = async () => {
      await until('all are reaped', () => childrenOf().length === 0);
      await (await posixSpawn(probe, probeArgv('exit', 0))).exited;
      return openDescriptors().size;
    };
    const open = await quiet();
    const before = features();

    for (const size of [0, 1, 70_000, 1 << 20]) {
      const input = bytes(size);
      const child = spawn(probe, probeArgv('echo-stdin').slice(1), { argv0: 'probe' });
      const chunks = [];
      child.stdout.on('data', (chunk) => chunks.push(chunk));
      child.stdin.end(input);
      await once(child, 'close');
      check('spawn ' + size, Buffer.concat(chunks), input);
      const { stdout } = spawnSync(probe, probeArgv('echo-stdin').slice(1), { argv0: 'probe', input, maxBuffer: 1 << 21 });
      check('spawnSync ' + size, stdout, input);
    }

    const failures = [];
    for (const start of [posixSpawn, posixSpawnSync])
      for (const [path, options] of [
        ['/no/such/program', {}],
        ['/etc/passwd', {}],
        [probe, { fds: [0, 1, 19_900] }],
        [probe, { fileActions: new FileActions().addClose(4).addOpen(5, '/no/such/file', 'r') }],
        [probe, { fileActions: new FileActions().addInherit(19_900) }],
        [probe, { cwd: '/no/such/folder' }],
        [probe, { pgroup: 1 }],
      ])
        await (async () => start(path, argv, { cloexecDefault, ...options }))().then(
          () => failures.push('started'),
          ({ code, step, actionIndex = null, fd = null }) => failures.push([code, step, actionIndex, fd]));

    const [tableRead, tableWrite] = openPipe();
    const nothing = openSync('/dev/null', 'r');
    const zero = openSync('/dev/zero', 'r');
    const { fds } = await askProbe({ cloexecDefault, fds: [nothing, tableWrite, null, null, null, null, null, zero] });
    const table = fds.map(({ fd, target }) => fd + ' ' + (target === openDescriptors().get(tableWrite) ? 'a pipe' : target));
    [tableRead, tableWrite, nothing, zero].forEach((fd) => closeSync(fd));

    /** Blocks this thread until the last writer is gone. */
    const readAll = (fd) => {
      const text = readFileSync(fd, 'latin1');
      closeSync(fd);
      return text;
    };
    const ends = {};
    {
      const [read, write] = openPipe();
      const child = posixSpawn(probe, argv, { cloexecDefault, fds: [null, write] });
      closeSync(write);
      ends['closed by the parent at once, the loop blocked'] = readAll(read);
      await (await child).exited;
    }
    {
      const [read, write] = openPipe();
      const failed = posixSpawn('/no/such/program', argv, { cloexecDefault, fds: [null, write] }).catch(() => {});
      closeSync(write);
      ends['of a start that failed'] = readAll(read);
      await failed;
    }
    {
      const [read, write] = openPipe();
      const child = posixSpawnSync(probe, argv, { cloexecDefault, fds: [null, write] });
      closeSync(write);
      ends['of a start that blocks'] = readAll(read);
      await child.exited;
    }
    {
      const stuck = Array.from({ length: 3 }, () => posixSpawn(probe, probeArgv('exit', 0), { cloexecDefault, ...stuckOn(fifo) }));
      const [read, write] = openPipe();
      const child = posixSpawn(probe, argv, { cloexecDefault, fds: [null, write] });
      stuck.push(...Array.from({ length: 3 }, () => posixSpawn(probe, probeArgv('exit', 0), { cloexecDefault, ...stuckOn(fifo) })));
      closeSync(write);
      await untilStuck(6);
      ends['while other starts are stuck'] = readAll(read);
      release(fifo);
      for (const one of [child, ...stuck]) await (await one).exited;
    }
    {
      const [read, write] = openPipe();
      const running = [];
      for (let i = 0; i < 5; i++) running.push(await posixSpawn(probe, probeArgv('block'), { cloexecDefault, fds: [null, null, null] }));
      const child = posixSpawn(probe, argv, { cloexecDefault, fds: [null, write] });
      for (let i = 0; i < 5; i++) running.push(await posixSpawn(probe, probeArgv('block'), { cloexecDefault }));
      closeSync(write);
      ends['while other children run'] = readAll(read);
      running.forEach((one) => one.kill('SIGKILL'));
      for (const one of [await child, ...running]) await one.exited;
    }
    const after = features();
    const left = (await quiet()) - open;
    say({
      starts: Object.values(after.rungs).reduce((sum, n) => sum + n) - Object.values(before.rungs).reduce((sum, n) => sum + n),
      flat: after.flat - before.flat, wrong, failures, table, ends, left, reserve: reservedNumbers().length,
    });
  `;
}
