import { expect } from 'chai';
import { runNodeForValue } from '../support/run-node.js';
import { crowdUrl, meddleUrl, needLinux, SLOTS } from './flat-crowd.js';

const WORKERS = 6;
const STARTS = 120;

const prelude = `
  import { once } from 'node:events';
  import { Worker } from 'node:worker_threads';
  import { features, posixSpawn, posixSpawnSync } from 'forkless';
  import { crowd, flatStarts } from '${crowdUrl}';
  import { tables } from '${meddleUrl}';
  await once(new Worker('', { eval: true }), 'exit'); // what Node opens for the first one it keeps
  crowd(700);
  const options = { cloexecDefault: true };
  const one = async () => (await (await posixSpawn(probePath, probeArgv('exit', 0), options)).exited).code;
  await one();
  await one();
  /** How many there are once all is quiet: what the watcher did for those before is done when it tells of the next. */
  const quiet = async () => {
    await until('all children are reaped', () => childrenOf().length === 0);
    await one();
    return openDescriptors().size;
  };
  const workerData = { path: probePath, argv: probeArgv('exit').concat('0') };
`;

describe('Workers that make flat starts', () => {
  before(function () {
    needLinux(this, 5, 9);
  });

  it('at the same time get what they asked for, each of them', async () => {
    const {
      wrong,
      flat = 0,
      reserve,
    } = await run<Record<string, number>>(`
      const source = \`
        const { parentPort, workerData } = require('node:worker_threads');
        const { closeSync, readFileSync } = require('node:fs');
        import('forkless').then(async ({ openPipe, posixSpawn, posixSpawnSync }) => {
          let wrong = 0;
          const one = async (index) => {
            const text = workerData.name + '-' + index;
            const [read, write] = openPipe();
            const [unused, other] = openPipe();
            const start = index % 4 === 0 ? posixSpawnSync : posixSpawn;
            const child = await start(workerData.path, ['probe', 'write-fd', '1', text],
              { cloexecDefault: true, fds: [null, write, other] });
            closeSync(write);
            closeSync(other);
            if (readFileSync(read, 'latin1') !== text) wrong++;
            closeSync(read);
            closeSync(unused);
            if ((await child.exited).code !== 0) wrong++;
            const error = await posixSpawn('/no/such/program', ['x'], { cloexecDefault: true }).catch((error) => error);
            if (error.code !== 'ENOENT' || error.step !== 'execve') wrong++;
          };
          for (let begin = 0; begin < ${STARTS}; begin += 4)
            await Promise.all([0, 1, 2, 3].map((index) => one(begin + index)));
          parentPort.postMessage(wrong);
        });
      \`;
      probeArgv('write-fd');
      const open = await quiet();
      let wrong = 0;
      const flat = await flatStarts(async () => {
        const workers = Array.from({ length: ${WORKERS} }, (_, index) =>
          new Worker(source, { eval: true, trackUnmanagedFds: false, workerData: { ...workerData, name: 'worker ' + index } }));
        const ends = workers.map((worker) => once(worker, 'exit'));
        for (const [count] of await Promise.all(workers.map((worker) => once(worker, 'message')))) wrong += count;
        await Promise.all(ends);
      });
      // Node may still be closing what the loader of an ended Worker had open.
      await until('all descriptors are closed', async () => (await quiet()) <= open);
      say({ wrong, flat, reserve: reservedNumbers().length });
    `);
    // Where the reserve is lent out, a start is plain.
    expect(flat).to.be.greaterThan(WORKERS * STARTS);
    expect(flat).to.be.at.most(2 * WORKERS * STARTS + 2);
    expect({ wrong, reserve }).to.deep.equal({ wrong: 0, reserve: SLOTS });
  });

  it('that are terminated meanwhile leave no descriptor, no process, and the reserve whole', async () => {
    const { flat, reserve, after } = await run<Record<string, number>>(`
      const source = \`
        const { parentPort, workerData } = require('node:worker_threads');
        import('forkless').then(async ({ openPipe, posixSpawn, posixSpawnSync }) => {
          for (let round = 0; ; round++) {
            for (let i = 0; i < 5; i++) {
              posixSpawn(workerData.path, workerData.argv, { cloexecDefault: true });
              posixSpawn('/no/such/program', ['x'], { cloexecDefault: true }).catch(() => {});
            }
            posixSpawnSync(workerData.path, workerData.argv, { cloexecDefault: true });
            parentPort.postMessage(round);
            await new Promise(setImmediate);
          }
        });
      \`;
      const terminate = async (rounds) => {
        const worker = new Worker(source, { eval: true, workerData });
        while (rounds-- > 0) await once(worker, 'message');
        await worker.terminate();
      };
      await terminate(1);
      const open = await quiet();
      const flat = await flatStarts(async () => {
        for (let round = 0; round < 8; round++) await Promise.all([1, 2].map((worker) => terminate(1 + ((round + worker) % 4))));
      });
      await until('all descriptors are closed', async () => (await quiet()) <= open);
      say({ flat, reserve: reservedNumbers().length, after: await flatStarts(one) });
    `);
    expect(flat).to.be.greaterThan(50);
    expect({ reserve, after }).to.deep.equal({ reserve: SLOTS, after: 1 });
  });

  it('and are terminated while a start has not left the table give back what it was lent', async () => {
    const result = await run(`
      tables.installHold(); // this thread, and the Workers that it makes
      const source = \`
        const { parentPort, workerData } = require('node:worker_threads');
        import('forkless').then(({ openPipe, posixSpawn }) => {
          const fds = openPipe();
          for (let i = 0; i < 3; i++) posixSpawn(workerData.path, workerData.argv, { cloexecDefault: true, fds }).catch(() => {});
          parentPort.postMessage('started');
        });
      \`;
      const end = async () => {
        const worker = new Worker(source, { eval: true, workerData });
        await once(worker, 'message');
        const pids = await until('all are held', () => tables.heldStarts().length === 3 && tables.heldStarts());
        const lent = ${SLOTS} - reservedNumbers().length;
        await worker.terminate();
        await until('all are gone', () => pids.every(isGone));
        return lent;
      };
      const lent = [];
      for (let round = 0; round < 3; round++) {
        tables.holdNext(3);
        lent.push(await end());
      }
      await one();
      say({ lent, reserve: reservedNumbers().length, after: await flatStarts(one) });
    `);
    expect(result).to.deep.equal({ lent: [9, 9, 9], reserve: SLOTS, after: 1 });
  });
});

function run<T = unknown>(script: string): Promise<T> {
  return runNodeForValue<T>(prelude + script, { env: { FORKLESS_FLAT: 'always' }, deadlineMs: 20_000 });
}
