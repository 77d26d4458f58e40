import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { helper } from '../support/paths.js';
import { hasEnded, isGone } from '../support/proc.js';
import type { ProgramOptions } from '../support/program.js';
import { runProgram, startProgram } from '../support/program.js';
import { release, untilStuck } from '../support/stuck.js';
import { makeFifo, tempPath } from '../support/temp.js';
import { until } from '../support/until.js';

const ways = ['unshared', 'joined'] as const;

const places = [
  ['in its own pid namespace', 'own'],
  ['in another one', 'unshared'],
] as const;

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

  for (const way of ways) {
    for (const rung of [1, 2, 4])
      it(`that was ${way} is a start as any other, on rung ${rung}`, async () => {
        const env = { FORKLESS_RUNG: String(rung) };
        const said = await run('namespace-starts', { scenario: 'battery', way }, { env });
        expect(said).to.deep.equal({ ...right, rung });
      });

    it(`that was ${way} is a start as any other, on rung 3, which stops this process until exec`, async () => {
      const parameters = { scenario: 'battery', way, vfork: true };
      const said = await run('namespace-starts', parameters, { env: { FORKLESS_RUNG: '3' } });
      const { killed, ...rest } = right;
      expect(killed).to.be.an('array');
      expect(said).to.deep.equal({ ...rest, rung: 3 });
    });

    it(`that was ${way} is a start as any other, in the flat mode`, async () => {
      const env = { FORKLESS_FLAT: 'always' };
      const said = await run('namespace-starts', { scenario: 'flat', way }, { env });
      expect(said).to.deep.equal({ codes: [8, 9], flat: 2 });
    });
  }

  it('is the init there, with pid 1, when it is the first of this process', async () => {
    const said = await run('namespace-first', { scenario: 'sync' });
    expect(said).to.deep.equal({ status: 0, stdout: '1\n' });
  });

  // On libuv 1.53 Node's own function starts nothing there: ENOMEM, as after the end of the first process.
  it("is by Node's own function in the drop-in where nothing was started before: the watcher could not be made", async () => {
    const spawned = (door: string) => run('namespace-first', { scenario: 'spawn', door });
    const own = await spawned('node:child_process');
    expect(await spawned('forkless/child_process')).to.deep.equal(own);
    if (own !== 'ENOMEM') expect(own).to.deep.equal({ output: '1\n', code: 4 });
  });

  it('is refused where only the engine can make it and nothing was started before, and features() says so', async () => {
    const refused = await run('namespace-first', { scenario: 'refused' });
    expect(refused).to.deep.equal([
      ['EINVAL', 'watch'],
      ['EINVAL', 'watch'],
      "no thread can be made that waits for children (EINVAL): spawn, exec, execFile, fork are Node's own",
    ]);
  });

  it('of a Worker that has unshared is there, and those of the main thread stay where they were', async () => {
    const said = await run('namespace-of-worker');
    expect(said).to.deep.equal({ worked: '1 0\n', main: 'mine\n' });
  });
});

describe('a parent that is gone before its child asks to die with it', function () {
  this.timeout(60_000);

  before(function () {
    if (process.getuid?.() !== 0) this.skip();
  });

  for (const [place, way] of places)
    for (const [title, env, options] of [
      ['', {}, {}],
      [', on rung 2', { FORKLESS_RUNG: '2' }, {}],
      [', on rung 4', { FORKLESS_RUNG: '4' }, {}],
      [', in the flat mode', { FORKLESS_FLAT: 'always' }, { cloexecDefault: true, fds: [null, null, null] }],
    ] as [string, Record<string, string>, object][])
      it(`leaves no orphan ${place}${title}`, async () => {
        const fifo = makeFifo();
        const parameters = { way, fifo, options, argv: ['/bin/true'], waits: true };
        const node = startProgram(import.meta.url, 'namespace-parent', parameters, { env });
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

  for (const [place, way] of places)
    it(`sees no program run ${place}`, async () => {
      const fifo = makeFifo();
      const mark = tempPath('mark');
      const argv = ['/bin/sh', '-c', `echo > ${mark}`];
      // PDEATHSIG refused by a filter: the child outlives its parent at first
      const parameters = { way, fifo, options: { uid: 0 }, argv, rules: 'prctl=EPERM' };
      const node = startProgram(import.meta.url, 'namespace-parent', parameters);
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

function run(name: string, parameters: object = {}, options: ProgramOptions = {}): Promise<unknown> {
  return runProgram(import.meta.url, name, parameters, options);
}
