import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import { childrenOf, isGone, openDescriptors, stateOf } from '../support/proc.js';
import { programUrl, runProgram, runProgramToEnd } from '../support/program.js';
import { runWorker } from '../support/run-worker.js';
import { until } from '../support/until.js';

const WORKERS = 8;
const SPAWNS = 200;

describe('Workers', () => {
  it('start processes at the same time, and each hears of its own', async () => {
    const wrong = await Promise.all(
      Array.from({ length: WORKERS }, (_, worker) =>
        runWorker<string[]>(programUrl(import.meta.url, 'workers-exact'), {
          worker,
          workers: WORKERS,
          starts: SPAWNS,
        }),
      ),
    );
    expect(wrong).to.deep.equal(Array(WORKERS).fill([]));
    expect(childrenOf()).to.deep.equal([]);
  });

  it('that are terminated in the middle of starts, 100 times, leave no process and no descriptor', async () => {
    // Four at a time, at moments that differ; what is under way by then: good starts, failures, stuck ones, live children.
    const result = await runProgram(import.meta.url, 'workers-terminated');
    expect(result).to.deep.equal({ code: 5 });
  }).timeout(60_000);

  // Whatever native code asks of an environment that is being ended can fail: that must not end the process.
  for (const [title, call] of [
    ['load the library', 'dlopen'],
    ['ask for its features', 'features'],
    ['start processes', 'posixSpawn'],
    ['wait for starts', 'posixSpawnSync'],
  ])
    it(`can be terminated while they ${title}`, async () => {
      const result = await runProgram(import.meta.url, 'workers-calling', { call });
      expect(result).to.equal('nothing left');
    });

  it('that end leave their running children alone, and these are reaped all the same', async () => {
    const descriptors = openDescriptors().size;
    const worker = new Worker(programUrl(import.meta.url, 'workers-children'));
    const [pids]: [number[]] = (await once(worker, 'message')) as [number[]];
    await worker.terminate();
    expect(pids.map(stateOf)).to.not.include(undefined);
    expect(childrenOf().map(({ pid }) => pid)).to.have.members(pids);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await until('both are reaped', () => pids.every(isGone));
    await until('their descriptors are closed', () => openDescriptors().size <= descriptors);
  });

  it('have their own process.env and PATH', async () => {
    const env = await runWorker<string[]>(`
      import { parentPort } from 'node:worker_threads';
      process.env.ONLY_HERE = 'yes';
      parentPort.postMessage((await askProbe()).env.filter((entry) => entry.startsWith('ONLY_HERE')));
    `);
    expect(env).to.deep.equal(['ONLY_HERE=yes']);
    expect(process.env).to.not.have.property('ONLY_HERE');
  });

  // Node unloads an addon with the last environment that has it: the watcher, and a child, would run on unmapped code.
  for (const [title, mode] of [
    ['while a child is stuck before exec', 'stuck'],
    ['while a child runs', 'running'],
    ['with a start that it has made in the same turn', 'unwatched'],
  ])
    it(`that loaded the library last, and alone, may end ${title}`, async () => {
      const { code, signal, stdout, stderr } = await runProgramToEnd(import.meta.url, 'workers-unload', {
        mode,
      });
      expect({ code, signal, stderr }).to.deep.equal({ code: 0, signal: null, stderr: '' });
      expect(JSON.parse(stdout)).to.deep.equal({ again: 'ended', mapped: true, left: 0 });
    });
});
