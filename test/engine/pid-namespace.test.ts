import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { helper } from '../support/paths.js';
import { hasEnded, isGone } from '../support/proc.js';
import type { RunOptions } from '../support/run-node.js';
import { runNodeForValue, startNode } from '../support/run-node.js';
import { release, untilStuck } from '../support/stuck.js';
import { makeFifo, tempPath } from '../support/temp.js';
import { until } from '../support/until.js';

/**
 * The watcher's thread and that of Node's file system are made first: afterwards this thread can make none. The first
 * child is the init of the new namespace: with its end no other could be started there.
 */
const prelude = `
  import { openSync } from 'node:fs';
  import { readFile } from 'node:fs/promises';
  import { once } from 'node:events';
  import { FileActions, features, openPipe, posixSpawn, posixSpawnSync } from 'forkless';
  import { exec, spawn, spawnSync } from 'forkless/child_process';
  const NEWPID = 0x20000000;
  await (await posixSpawn('/bin/true', ['true'])).exited;
  await readFile('/dev/null');
`;

const ways: Record<string, string> = {
  unshared: `
    meddle.unshare(NEWPID);
    const init = await posixSpawn('/bin/sleep', ['sleep', '1000']);
    const end = async () => { init.kill('SIGKILL'); await init.exited; };
  `,
  joined: `
    const init = await posixSpawn('/usr/bin/unshare', ['unshare', '--pid', '--fork', '--kill-child', 'sleep', '1000']);
    const [{ pid }] = await until('its child is there', () => {
      const children = childrenOf(init.pid);
      return children[0]?.command === 'sleep' && children;
    });
    meddle.setns(openSync('/proc/' + pid + '/ns/pid', 'r'));
    const end = async () => { init.kill('SIGTERM'); process.kill(pid, 'SIGKILL'); await init.exited; };
  `,
};

/** Starts through each function, and what they say. $$ is small: the child has pids of its own. */
const battery = `
  const script = 'test $$ -lt 50 && echo $PPID';
  const said = {};
  said.spawnSync = spawnSync('sh', ['-c', script], { encoding: 'utf8' }).stdout;
  const child = spawn('sh', ['-c', script]);
  said.spawn = '';
  for await (const text of child.stdout.setEncoding('utf8')) said.spawn += text;
  said.exec = await new Promise((resolve) => exec(script, (error, stdout) => resolve(stdout)));
  said.posixSpawn = (await (await posixSpawn('/bin/sh', ['sh', '-c', 'exit 5'])).exited).code;
  said.posixSpawnSync = (await posixSpawnSync('/bin/sh', ['sh', '-c', 'exit 6']).exited).code;
  said.ids = spawnSync('sh', ['-c', 'id -u; id -g'], { encoding: 'utf8', uid: 65534, gid: 65534 }).stdout;
  said.resetIds = (await (await posixSpawn('/bin/sh', ['sh', '-c', 'exit 7'], { resetIds: true })).exited).code;
  said.missing = spawnSync('/no/such/program').error.code;
  said.failed = await posixSpawn('/no/such/program', ['x']).catch(({ code, step }) => [code, step]);
  const fifo = makeFifo();
  const stuck = posixSpawn('/bin/true', ['true'], { fileActions: new FileActions().addOpen(5, fifo, 'r') });
  const stuckPid = await until('it is stuck', () => stuckChildren()[0]);
  process.kill(stuckPid, 'SIGKILL');
  said.killed = await stuck.catch(({ code, signal }) => [code, signal]);
  said.rung = features().rung;
`;

const right = {
  spawnSync: '0\n',
  spawn: '0\n',
  exec: '0\n',
  posixSpawn: 5,
  posixSpawnSync: 6,
  ids: '65534\n65534\n',
  resetIds: 7,
  missing: 'ENOENT',
  failed: ['ENOENT', 'execve'],
  killed: ['ERR_CHILD_DIED', 'SIGKILL'],
};

describe('a start in another pid namespace than that of this process', function () {
  this.timeout(60_000);

  before(function () {
    if (process.getuid?.() !== 0) this.skip();
  });

  for (const [title, enter] of Object.entries(ways)) {
    for (const rung of [1, 2, 4])
      it(`that was ${title} is a start as any other, on rung ${rung}`, async () => {
        const said = await run(`${enter} ${battery} await end(); say(said);`, {
          env: { FORKLESS_RUNG: String(rung) },
        });
        expect(said).to.deep.equal({ ...right, rung });
      });

    it(`that was ${title} is a start as any other, on rung 3, which stops this process until exec`, async () => {
      const part = `${battery.slice(0, battery.indexOf('const fifo'))} said.rung = features().rung;`;
      const said = await run(`${enter} ${part} await end(); say(said);`, { env: { FORKLESS_RUNG: '3' } });
      const { killed, ...rest } = right;
      expect(killed).to.be.an('array');
      expect(said).to.deep.equal({ ...rest, rung: 3 });
    });

    it(`that was ${title} is a start as any other, in the flat mode`, async () => {
      const said = await run(
        `${enter} const [, out] = openPipe();
         const options = { cloexecDefault: true, fds: [null, out, null] };
         const before = features().flat;
         const codes = [(await (await posixSpawn('/bin/sh', ['sh', '-c', 'exit 8'], options)).exited).code,
           (await posixSpawnSync('/bin/sh', ['sh', '-c', 'exit 9'], options).exited).code];
         await end();
         say({ codes, flat: features().flat - before });`,
        { env: { FORKLESS_FLAT: 'always' } },
      );
      expect(said).to.deep.equal({ codes: [8, 9], flat: 2 });
    });
  }

  it('is the init there when it is the first, and pid 1 to itself, with nothing started before', async () => {
    const said = await runNodeForValue(`
      import { spawnSync } from 'forkless/child_process';
      meddle.unshare(0x20000000);
      const { status, stdout } = spawnSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' });
      say({ status, stdout });
    `);
    expect(said).to.deep.equal({ status: 0, stdout: '1\n' });
  });

  // On libuv 1.53 Node's own function starts nothing there: ENOMEM, as after the end of the first process.
  it("is Node's own in the drop-in where nothing was started before: its end could not be heard of here", async () => {
    const spawned = (door: string) =>
      runNodeForValue<unknown>(`
      import { spawn } from '${door}';
      meddle.unshare(0x20000000);
      try {
        const child = spawn('sh', ['-c', 'echo $$; read line; exit 4'], { stdio: ['pipe', 'pipe', 'inherit'] });
        let output = '';
        child.stdout.setEncoding('utf8').on('data', (text) => { output += text; });
        child.stdin.end('\\n');
        child.once('close', (code) => say({ output, code }));
      } catch ({ code }) {
        say(code);
      }
    `);
    const own = await spawned('node:child_process');
    expect(await spawned('forkless/child_process')).to.deep.equal(own);
    if (own !== 'ENOMEM') expect(own).to.deep.equal({ output: '1\n', code: 4 });
  });

  it('is refused there where the engine is meant, and features() says so', async () => {
    const refused = await runNodeForValue<unknown>(`
      import { features, posixSpawn } from 'forkless';
      import { spawn } from 'forkless/child_process';
      meddle.unshare(0x20000000);
      const posix = await posixSpawn('/bin/true', ['true']).catch(({ code, step }) => [code, step]);
      const withAttribute = await new Promise((resolve) => {
        try { spawn('true', { umask: 0 }).once('error', resolve); } catch (error) { resolve(error); }
      });
      say([posix, [withAttribute.code, withAttribute.cause.step], features().childProcess.reason]);
    `);
    expect(refused).to.deep.equal([
      ['EINVAL', 'watch'],
      ['EINVAL', 'watch'],
      "no thread can be made that waits for children (EINVAL): spawn, exec, execFile, fork are Node's own",
    ]);
  });

  it('of a Worker that has unshared is one too, and those of the main thread stay where they were', async () => {
    const said = await run(`
      import { Worker } from 'node:worker_threads';
      const source = "const { parentPort, workerData } = require('node:worker_threads');" +
        "import('forkless/child_process').then(({ spawnSync }) => {" +
        "require(workerData).unshare(0x20000000);" +
        "parentPort.postMessage(spawnSync('sh', ['-c', 'echo $$ $PPID'], { encoding: 'utf8' }).stdout); });";
      const worker = new Worker(source, { eval: true, workerData: ${JSON.stringify(process.cwd())} + '/build/test/meddle.node' });
      const [worked] = await once(worker, 'message');
      await worker.terminate();
      const main = spawnSync('sh', ['-c', 'test $PPID = ' + process.pid + ' && echo mine'], { encoding: 'utf8' }).stdout;
      say({ worked, main });
    `);
    expect(said).to.deep.equal({ worked: '1 0\n', main: 'mine\n' });
  });
});

describe('a parent that is gone before its child asks to die with it', function () {
  this.timeout(60_000);

  before(function () {
    if (process.getuid?.() !== 0) this.skip();
  });

  const places = {
    'in its own pid namespace': 'const init = { pid: 0 };',
    'in another one': ways['unshared'],
  };
  for (const [place, enter] of Object.entries(places))
    for (const [title, env, options] of [
      ['', {}, ''],
      [', on rung 2', { FORKLESS_RUNG: '2' }, ''],
      [', on rung 4', { FORKLESS_RUNG: '4' }, ''],
      [', in the flat mode', { FORKLESS_FLAT: 'always' }, 'cloexecDefault: true, fds: [null, null, null],'],
    ] as [string, Record<string, string>, string][])
      it(`leaves no orphan ${place}${title}`, async () => {
        const fifo = makeFifo();
        const node = startNode(
          `${prelude} ${enter}
           say({ init: init.pid });
           await once(process.stdin, 'data');
           posixSpawn('/bin/true', ['true'], { ${options} fileActions: new FileActions().addOpen(9, ${JSON.stringify(fifo)}, 'r') });
           await once(process.stdin, 'data');`,
          { env },
        );
        const { init } = await node.value<{ init: number }>();
        const tracer = spawn(helper('trace-hold'), ['next-child', `${node.pid}`]);
        try {
          const said = tracer.stdout.setEncoding('utf8')[Symbol.asyncIterator]();
          expect((await said.next()).value).to.equal('tracing\n');
          node.write('start');
          const held = Number((await said.next()).value);
          expect(isGone(held)).to.equal(false);
          node.kill('SIGKILL');
          await until('the parent is gone', () => isGone(node.pid));
          expect(isGone(held)).to.equal(false);
          tracer.stdin.end();
          await until('the child has ended', () => hasEnded(held));
        } finally {
          tracer.kill('SIGKILL');
          if (init > 0) process.kill(init, 'SIGKILL');
          release(fifo);
          await node.ended;
        }
      });
});

// PDEATHSIG is cleared by a change of ids, and set again: a parent that died in between sends none.
describe('a parent that is gone while its child changes ids', function () {
  this.timeout(60_000);

  before(function () {
    if (process.getuid?.() !== 0) this.skip();
  });

  for (const [place, enter] of Object.entries({
    'in its own pid namespace': 'const init = { pid: 0 };',
    'in another one': ways['unshared'],
  }))
    it(`sees no program run ${place}`, async () => {
      const fifo = makeFifo();
      const mark = tempPath('mark');
      // PDEATHSIG refused by a filter: the child outlives its parent at first
      const node = startNode(
        `${prelude} ${enter}
         meddle.installSeccomp('prctl=EPERM', false);
         posixSpawn('/bin/sh', ['sh', '-c', 'echo > ${mark}'], { uid: 0,
           fileActions: new FileActions().addOpen(9, ${JSON.stringify(fifo)}, 'r') });
         say({ init: init.pid });`,
      );
      const { init } = await node.value<{ init: number }>();
      const [stuck = 0] = await untilStuck(1, node.pid);
      node.kill('SIGKILL');
      await until('the parent is gone', () => isGone(node.pid));
      try {
        expect(isGone(stuck)).to.equal(false);
        release(fifo);
        await until('the child has ended', () => hasEnded(stuck));
        expect(existsSync(mark)).to.equal(false);
      } finally {
        if (init > 0) process.kill(init, 'SIGKILL');
        await node.ended;
      }
    });
});

function run<T = unknown>(script: string, options: RunOptions = {}): Promise<T> {
  return runNodeForValue<T>(prelude + script, options);
}
