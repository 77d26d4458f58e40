import { AsyncLocalStorage } from 'node:async_hooks';
import { expect } from 'chai';
import { posixSpawn, posixSpawnSync } from 'forkless';
import { probeArgv, probePath } from '../support/probe.js';
import { childrenOf, isGone } from '../support/proc.js';
import { runProgram, runProgramToEnd, startProgram } from '../support/program.js';
import type { RunResult } from '../support/run-node.js';
import { startNode } from '../support/run-node.js';
import { release, stuckOn, untilStuck } from '../support/stuck.js';
import { makeFifo } from '../support/temp.js';
import type { Action } from './programs/loop-kept.js';

describe('the event loop', () => {
  // The child runs until the end of our input: whether it is alive when the loop ends is nobody's race.
  const cases: [title: string, after: Action[], alive: boolean][] = [
    ['is kept by a running child', [], false],
    ['is not kept by a child after unref()', ['unref'], true],
    ['is kept again after ref()', ['unref', 'ref'], false],
    ['counts no ref() twice', ['ref', 'ref', 'unref'], true],
    ['counts no unref() twice', ['unref', 'unref', 'ref'], false],
    ['is not kept by a wait for `exited` after unref()', ['unref', 'wait'], true],
  ];
  for (const [title, after, alive] of cases)
    for (const door of ['posixSpawn', 'posixSpawnSync'])
      it(`${title} (${door})`, async () => {
        const node = startProgram(import.meta.url, 'loop-kept', { door, after });
        await node.value<number>();
        const said = node.value<{ alive: boolean }>();
        if (!alive) {
          // It echoes: so both are alive, and nothing was said in between.
          node.write('{"alive":"still"}\n');
          expect(await said).to.deep.equal({ alive: 'still' });
          node.endInput();
          expect(await node.value()).to.deep.equal({ alive: false });
        } else {
          expect(await said).to.deep.equal({ alive: true });
          node.endInput();
        }
        expect(await node.ended).to.include({ code: 0, stderr: '' });
      });

  it('is kept by each of several children until the last has ended', async () => {
    const { code, stdout } = await runProgramToEnd(import.meta.url, 'loop-many');
    expect({ code, stdout }).to.deep.equal({ code: 0, stdout: '10\n' });
  });

  it('is kept by a start that is pending', async () => {
    const fifo = makeFifo();
    const node = startNode(
      `
      import { FileActions, posixSpawn } from 'forkless';
      const fileActions = new FileActions().addOpen(5, process.argv[2], 'r');
      posixSpawn('/bin/true', ['true'], { fileActions }).then(() => say('resolved'));
    `,
      { args: [fifo] },
    );
    await untilStuck(1, node.pid);
    release(fifo);
    expect(await node.ended).to.deep.equal({ code: 0, signal: null, stdout: '"resolved"\n', stderr: '' });
  });

  for (const [title, before] of [
    ['unref() of a child that has ended', ['unref']],
    ['unref() and ref() of a child that has ended', ['unref', 'ref', 'unref']],
    ['the disposal of a child that has ended', ['dispose']],
    ['a start that failed after the others', ['failure']],
  ] as [string, Action[]][])
    it(`is still kept by a running child after ${title}`, async () => {
      const node = startProgram(import.meta.url, 'loop-kept', { before });
      await node.value<number>();
      const said = node.value<{ alive: boolean }>();
      node.write('{"alive":"still"}\n');
      expect(await said).to.deep.equal({ alive: 'still' });
      node.endInput();
      expect(await node.value()).to.deep.equal({ alive: false });
      expect(await node.ended).to.include({ code: 0, stderr: '' });
    });

  it('is not kept by ref() of a child that was unref()ed and has ended', async () => {
    const parameters = { scenario: 'refAfterEnd' };
    const { code, stdout } = await runProgramToEnd(import.meta.url, 'loop-left', parameters, {
      deadlineMs: 20_000,
    });
    expect({ code, stdout }).to.deep.equal({ code: 0, stdout: '"end"\n' });
  });

  it('is not kept by the library once nothing runs', async () => {
    const parameters = { scenario: 'nothingRuns' };
    const { code, stdout } = await runProgramToEnd(import.meta.url, 'loop-left', parameters);
    expect({ code, stdout }).to.deep.equal({ code: 0, stdout: '"end"\n' });
  });
});

describe('the end of the program', () => {
  it('leaves running children alone', async () => {
    const { stdout, code } = await runProgramToEnd(import.meta.url, 'exit-with-child');
    const pid: number = JSON.parse(stdout);
    expect(code).to.equal(7);
    expect(isGone(pid)).to.equal(false);
    process.kill(pid, 'SIGKILL');
  });

  it('by process.exit is no crash while starts are under way', async () => {
    await times(10, async (round) => {
      const result = await runProgramToEnd(import.meta.url, 'exit-during-starts', { turns: round });
      expectEnd(result, 3);
    });
  });

  it('by process.exit is no crash while Workers start processes', async () => {
    await times(10, async () => {
      const result = await runProgramToEnd(import.meta.url, 'exit-during-workers');
      expectEnd(result, 3);
    });
  });

  it('by the end of the main module waits for all `exited`, and none of them rejects', async () => {
    const result = await runProgramToEnd(import.meta.url, 'exit-after-all');
    expect(result).to.deep.equal({
      code: 0,
      signal: null,
      stdout: '{"ends":50,"rejections":0}\n',
      stderr: '',
    });
  });
});

describe('a Process', () => {
  it('ends by SIGTERM when it is disposed of, and is reaped then', async () => {
    let pid: number;
    let exited: Promise<unknown>;
    {
      await using child = await posixSpawn(probePath, probeArgv('block'));
      ({ pid, exited } = child);
    }
    expect(isGone(pid)).to.equal(true);
    expect(await exited).to.include({ code: null, signal: 'SIGTERM' });
  });

  it('that has ended can be disposed of', async () => {
    const child = posixSpawnSync(probePath, probeArgv('exit', 3));
    await child.exited;
    await child[Symbol.asyncDispose]();
    expect(await child.exited).to.include({ code: 3, signal: null });
  });

  it('tells its end to whoever asks, also later and more than once', async () => {
    const child = await posixSpawn(probePath, probeArgv('exit', 9));
    const ends = await Promise.all([child.exited, child.exited]);
    expect([...ends, await child.exited].map(({ code }) => code)).to.deep.equal([9, 9, 9]);
    expect(childrenOf()).to.deep.equal([]);
  });

  it('has no pidfd and takes no signal once it is reaped', async () => {
    const child = await posixSpawn(probePath, probeArgv('block'));
    expect(child.pidfd).to.be.greaterThan(2);
    expect([child.kill(), (await child.exited).signal]).to.deep.equal([true, 'SIGTERM']);
    expect([child.pidfd, child.kill(), child.kill(0), child.kill('SIGKILL')]).to.deep.equal([
      -1,
      false,
      false,
      false,
    ]);
  });

  it('can be ref()ed and unref()ed after its end, to no effect', async () => {
    const child = await posixSpawn(probePath, probeArgv('exit', 0));
    await child.exited;
    expect(child.ref().unref().unref().ref()).to.equal(child);
    await (await posixSpawn(probePath, probeArgv('exit', 0))).exited;
  });
});

describe('an asynchronous context', () => {
  it('of AsyncLocalStorage holds across the start, its failure and the end', async () => {
    const storage = new AsyncLocalStorage<number>();
    const fifo = makeFifo();
    const seen = [0, 1, 2].map((context) =>
      storage.run(context, async () => {
        const child = await posixSpawn(probePath, probeArgv('exit', context), stuckOn(fifo));
        const afterStart = storage.getStore();
        const { code } = await child.exited;
        const afterEnd = storage.getStore();
        await posixSpawn('/no/such/program', ['x']).catch(() => {});
        return [code, afterStart, afterEnd, storage.getStore()];
      }),
    );
    await untilStuck(3);
    release(fifo);
    expect(await Promise.all(seen)).to.deep.equal([Array(4).fill(0), Array(4).fill(1), Array(4).fill(2)]);
  });

  // In a process of its own: domains change how errors are caught, for everything.
  it('of a domain holds across the start and the end', async () => {
    const same = await runProgram(import.meta.url, 'domains');
    expect(same).to.deep.equal([true, true]);
  });
});

/** Two at a time: a fresh Node takes most of it, and there are processors enough for two. */
async function times(count: number, run: (round: number) => Promise<void>): Promise<void> {
  for (let round = 0; round < count; round += 2) await Promise.all([run(round), run(round + 1)]);
}

function expectEnd({ code, signal, stderr }: RunResult, expected: number): void {
  expect({ code, signal, stderr }).to.deep.equal({ code: expected, signal: null, stderr: '' });
}
