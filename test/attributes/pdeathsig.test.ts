import { writeFileSync } from 'node:fs';
import { expect } from 'chai';
import type { PosixSpawnOptions } from 'forkless';
import { explain, explainSpawn } from 'forkless';
import { execFileSync, spawn } from 'forkless/child_process';
import { askProbe, probeArgv, probePath } from '../support/probe.js';
import { isGone } from '../support/proc.js';
import type { ProgramOptions } from '../support/program.js';
import { programUrl, runProgram, startProgram } from '../support/program.js';
import { runWorker } from '../support/run-worker.js';
import { doors } from '../support/starts.js';
import { makeFifo } from '../support/temp.js';
import { until } from '../support/until.js';

const SIGNAL = { pdeathsig: 'SIGTERM' } as const;

interface Parent {
  readonly door: string;
  readonly options: object;
  readonly end: string;
}

/** All that is said, from the shell's pid on. `act` is called when the shell waits. */
async function run(
  parent: Parent,
  act: (node: ReturnType<typeof startProgram>, fifo: string) => void | Promise<void>,
  options: ProgramOptions = {},
): Promise<string[]> {
  const fifo = makeFifo();
  const node = startProgram(import.meta.url, 'pdeathsig-parent', { ...parent, fifo }, options);
  expect(await node.line()).to.match(/^\d+$/);
  await act(node, fifo);
  const { stdout } = await node.ended;
  // the threads of the parent end one after the other, and the kernel may signal the child for each
  return [...new Set(stdout.trim().split('\n').slice(1))];
}

for (const [name, start] of doors)
  describe(`the signal at the end of the parent of a child of ${name}`, () => {
    it('is none, or the one that was asked for', async () => {
      expect((await askProbe({}, start)).pdeathsig).to.equal(0);
      for (const [pdeathsig, number] of [
        ['SIGTERM', 15],
        ['SIGRTMAX', 64],
        [9, 9],
      ] as const)
        expect((await askProbe({ pdeathsig }, start)).pdeathsig).to.equal(number);
      expect((await askProbe({ dieWithParent: true }, start)).pdeathsig).to.equal(9);
      expect((await askProbe({ dieWithParent: false }, start)).pdeathsig).to.equal(0);
    });

    it('is there after a change of ids', async function () {
      if (process.getuid?.() !== 0) this.skip();
      const { pdeathsig, uid } = await askProbe({ uid: 4242, gid: 4242, ...SIGNAL }, start);
      expect({ pdeathsig, uid }).to.deep.equal({ pdeathsig: 15, uid: 4242 });
    });
  });

describe('the signal at the end of the parent of a child of the drop-in', () => {
  const asked = (options: object): number =>
    JSON.parse(
      execFileSync(probePath, probeArgv('report').slice(1), { encoding: 'utf8', ...options }) as string,
    ).pdeathsig;

  it('is none, or the one that was asked for', () => {
    expect(asked({})).to.equal(0);
    expect(asked({ pdeathsig: 'SIGUSR1' })).to.equal(10);
    expect(asked({ dieWithParent: true })).to.equal(9);
  });
});

describe('a child with pdeathsig', () => {
  for (const door of ['posixSpawn', 'spawn', 'spawnSync'])
    it(`of ${door} is signalled when its parent is killed`, async () => {
      const parent = { door, options: SIGNAL, end: 'none' };
      expect(await run(parent, (node) => node.kill('SIGKILL'))).to.deep.equal(['SIGTERM']);
    });

  for (const door of ['posixSpawn', 'spawn'])
    for (const end of ['exit', 'throw', 'abort'])
      it(`of ${door} is signalled when its parent ends by ${end}`, async () => {
        const parent = { door, options: SIGNAL, end };
        expect(await run(parent, (node) => node.write('x'))).to.deep.equal(['SIGTERM']);
      });

  for (const door of ['posixSpawn', 'spawn', 'spawnSync'])
    it(`is signalled because it has it: one of ${door} without it lives on`, async () => {
      const parent = { door, options: {}, end: 'none' };
      const said = await run(parent, async (node, fifo) => {
        node.kill('SIGKILL');
        await until('the parent to be gone', () => isGone(node.pid));
        writeFileSync(fifo, 'lives on\n');
      });
      expect(said).to.deep.equal(['lives on']);
    });

  it('in a session of its own is signalled too', async () => {
    const parent = { door: 'spawn', options: { ...SIGNAL, detached: true }, end: 'exit' };
    expect(await run(parent, (node) => node.write('x'))).to.deep.equal(['SIGTERM']);
  });

  for (const rung of ['1', '2', '3', '4'])
    for (const end of ['end of the Worker', 'terminate'])
      it(`lives on when the Worker ends that has started it (${end}), on rung ${rung}, and not when the process ends`, async () => {
        const parent = { door: 'Worker', options: { ...SIGNAL, cloexecDefault: true, fds: [0, 1, 2] }, end };
        const env = { FORKLESS_RUNG: rung, FORKLESS_FLAT: 'always' };
        const said = await run(parent, endBoth, { env });
        expect(said).to.deep.equal(['"the Worker has ended"', 'SIGTERM']);
      });

  it('lives on because its parent is the main thread: setpriv in a Worker is signalled', async () => {
    const parent = { door: 'setpriv in a Worker', options: {}, end: 'end of the Worker' };
    const said = await run(parent, endBoth);
    expect(said.sort()).to.deep.equal(['"the Worker has ended"', 'SIGTERM']);
  });

  /** The Worker, and then the process. */
  async function endBoth(node: ReturnType<typeof startProgram>): Promise<void> {
    node.write('x');
    while (!(await node.line()).includes('Worker'));
    node.write('x');
  }

  it('lives on when process.execve replaces the program of its parent', async function () {
    if (!('execve' in process)) this.skip();
    const parent = { door: 'posixSpawn', options: SIGNAL, end: 'execve' };
    const said = await run(parent, async (node) => {
      node.write('x');
      expect(await node.line()).to.equal('another');
      node.write('\n');
    });
    expect(said).to.deep.equal(['another', 'SIGTERM']);
  });
});

describe('the thread that starts a child with pdeathsig', () => {
  it('passes on what it passes on to any child', async function () {
    if (process.getuid?.() !== 0) this.skip();
    const { plain, withSignal, refused } = await runProgram<{
      plain: string[];
      withSignal: string[];
      refused: string;
    }>(import.meta.url, 'pdeathsig-thread');
    expect(withSignal).to.deep.equal(plain);
    const text = plain.join('\n');
    for (const own of [/^7$/m, /^123456$/m, /SCHED_BATCH/, /prio 6/, /affinity mask: 1$/m, /^Seccomp:\t2$/m])
      expect(text).to.match(own);
    expect(refused).to.equal('EINVAL thread');
  });

  it('leaves the process as it was, after 1,000 starts', async function () {
    this.timeout(120_000);
    const parameters = { options: { dieWithParent: true }, count: 1000 };
    const { before, after } = await runProgram<{ before: unknown; after: unknown }>(
      import.meta.url,
      'parent-state',
      parameters,
    );
    expect(after).to.deep.equal(before);
  });

  it('may be one of eight Workers at a time', async () => {
    const url = programUrl(import.meta.url, 'pdeathsig-many');
    const counts = await Promise.all(Array.from({ length: 8 }, () => runWorker<number>(url)));
    expect(counts).to.deep.equal(Array(8).fill(25));
  });

  it('is answered with EAGAIN where no thread can be made, and leaves nothing', async function () {
    if (process.getuid?.() !== 0) this.skip();
    const said = await runProgram(import.meta.url, 'pdeathsig-refused');
    expect(said).to.deep.equal({ refused: 'EAGAIN thread clone', descriptors: 0 });
  });
});

describe('the plan of pdeathsig', () => {
  const lines = (options: PosixSpawnOptions) => explain('/x', ['x'], options).split('\n');

  it('has it after a change of ids, for a child of the main thread', () => {
    expect(
      lines({ pdeathsig: 'SIGTERM', uid: 3, groups: [], cloexecDefault: true }).slice(0, 7),
    ).to.deep.equal([
      'parent: the main thread',
      '1. sweep 0 to the last',
      '2. own-memory',
      '3. setgroups to none',
      '4. setuid 3',
      '5. pdeathsig SIGTERM',
      '6. execve "/x"',
    ]);
    expect(explainSpawn('/x', [], { dieWithParent: true })).to.include('pdeathsig SIGKILL');
    for (const plan of [explain('/x', ['x']), explain('/x', ['x'], { dieWithParent: false })])
      expect(plan).to.not.match(/pdeathsig|main thread/);
  });

  it('is refused for a signal that is none', () => {
    expect(() => spawn('/x', [], { pdeathsig: 'SIGNOPE' as 'SIGTERM' })).to.throw('SIGNOPE');
  });
});
