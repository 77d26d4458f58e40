import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import { childrenOf, isGone, openDescriptors, stateOf } from '../support/proc.js';
import { runNode, runNodeForValue } from '../support/run-node.js';
import { runWorker } from '../support/run-worker.js';
import { until } from '../support/until.js';

const WORKERS = 8;
const SPAWNS = 200;

/** How many there are once no child is left: what the watcher did for those before is done when it tells of the next. */
const quietDescriptors = `
  const quietDescriptors = async () => {
    await until('all children are reaped', () => childrenOf().length === 0);
    await (await posixSpawn('/bin/true', ['true'])).exited;
    return openDescriptors().size;
  };
`;

describe('Workers', () => {
  it('start processes at the same time, and each hears of its own', async () => {
    const wrong = await Promise.all(
      Array.from({ length: WORKERS }, (_, worker) =>
        runWorker<string[]>(
          `
          import { parentPort, workerData } from 'node:worker_threads';
          import { posixSpawn, posixSpawnSync } from 'forkless';
          const wrong = [];
          const check = async (index) => {
            const code = (index * ${WORKERS} + workerData) % 251;
            const spawn = index % 10 === 9 ? posixSpawnSync : posixSpawn;
            const child = await spawn(probePath, probeArgv('exit', code));
            const end = await child.exited;
            if (end.code !== code) wrong.push(index + ': ' + JSON.stringify(end));
            const error = await posixSpawn('/no/worker/' + workerData, ['x']).catch((error) => error);
            if (error.code !== 'ENOENT' || error.path !== '/no/worker/' + workerData) wrong.push(String(error));
          };
          for (let begin = 0; begin < ${SPAWNS}; begin += 20)
            await Promise.all(Array.from({ length: 20 }, (_, index) => check(begin + index)));
          parentPort.postMessage(wrong);
        `,
          worker,
        ),
      ),
    );
    expect(wrong).to.deep.equal(Array(WORKERS).fill([]));
    expect(childrenOf()).to.deep.equal([]);
  });

  it('that are terminated in the middle of starts, 100 times, leave no process and no descriptor', async () => {
    // Four at a time, at moments that differ; what is under way by then: good starts, failures, stuck ones, live children.
    const result = await runNodeForValue<object>(`
      import { once } from 'node:events';
      import { Worker } from 'node:worker_threads';
      import { posixSpawn } from 'forkless';
      const source = \`
        const { parentPort, workerData } = require('node:worker_threads');
        import('forkless').then(async ({ FileActions, posixSpawn, posixSpawnSync }) => {
          const fileActions = new FileActions().addOpen(5, workerData, 'r');
          for (let round = 0; ; round++) {
            posixSpawn('/bin/true', ['true'], { fileActions }).catch(() => {});
            for (let i = 0; i < 10; i++) {
              posixSpawn('/bin/true', ['true']);
              posixSpawn('/no/such/program', ['x']).catch(() => {});
            }
            posixSpawnSync('/bin/true', ['true']);
            parentPort.postMessage(round);
            await new Promise(setImmediate);
          }
        });
      \`;
      ${quietDescriptors}
      const fifo = makeFifo();
      const terminate = async (rounds) => {
        const worker = new Worker(source, { eval: true, workerData: fifo });
        while (rounds-- > 0) await once(worker, 'message');
        await worker.terminate();
      };
      await terminate(1);
      const before = await quietDescriptors();
      for (let round = 0; round < 25; round++)
        await Promise.all([1, 2, 3, 4].map((worker) => terminate(1 + ((round + worker) % 4))));
      // Node may still be closing what the loader of an ended Worker had open.
      await until('all descriptors are closed', async () => (await quietDescriptors()) <= before);
      const child = await posixSpawn(probePath, probeArgv('exit', 5));
      say({ code: (await child.exited).code });
    `);
    expect(result).to.deep.equal({ code: 5 });
  }).timeout(60_000);

  // Whatever native code asks of an environment that is being ended can fail: that must not end the process.
  for (const [title, loop] of [
    ['load the library', 'process.dlopen({ exports: {} }, features().binary)'],
    ['ask for its features', 'features()'],
    ['start processes', "posixSpawn('/no/such/program', ['x'])"],
    ['wait for starts', "posixSpawnSync('/bin/true', ['true'])"],
  ])
    it(`can be terminated while they ${title}`, async () => {
      const result = await runNodeForValue<string>(`
        import { once } from 'node:events';
        import { Worker } from 'node:worker_threads';
        import { posixSpawn } from 'forkless';
        const source = \`
          import('forkless').then(({ features, posixSpawn, posixSpawnSync }) => {
            ${loop};
            require('node:worker_threads').parentPort.postMessage('ready');
            for (;;) ${loop};
          });
        \`;
        ${quietDescriptors}
        const terminate = async () => {
          const worker = new Worker(source, { eval: true });
          await once(worker, 'message');
          await worker.terminate();
        };
        await terminate();
        const before = await quietDescriptors();
        for (let round = 0; round < 10; round++) await Promise.all([terminate(), terminate()]);
        await until('all descriptors are closed', async () => (await quietDescriptors()) <= before);
        say('nothing left');
      `);
      expect(result).to.equal('nothing left');
    });

  it('that end leave their running children alone, and these are reaped all the same', async () => {
    const descriptors = openDescriptors().size;
    const worker = new Worker(
      `
      const { parentPort } = require('node:worker_threads');
      import('forkless').then(async ({ posixSpawn, posixSpawnSync }) => {
        const children = [posixSpawnSync('/bin/sh', ['sh', '-c', 'exec sleep 1000'])];
        children.push(await posixSpawn('/bin/sh', ['sh', '-c', 'exec sleep 1000']));
        parentPort.postMessage(children.map(({ pid }) => pid));
      });
    `,
      { eval: true },
    );
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
      const { code, signal, stdout, stderr } = await runNode(
        new URL('./workers-unload.js', import.meta.url),
        {
          args: [mode ?? ''],
        },
      );
      expect({ code, signal, stderr }).to.deep.equal({ code: 0, signal: null, stderr: '' });
      expect(JSON.parse(stdout)).to.deep.equal({ again: 'ended', mapped: true, left: 0 });
    });
});
