import { expect } from 'chai';
import { runNodeForValue } from '../support/run-node.js';

interface Crowd {
  ended: number;
  errors: Record<string, number>;
  unhandled: number;
  newThreads: number;
  left: number;
  descriptors: number;
  delayMs: { p50: number; p99: number; max: number };
}

/** 500 starts at once, 50 of them stuck; `act` says what comes then. */
function crowd(act: string): Promise<Crowd> {
  return runNodeForValue<Crowd>(`
    import { monitorEventLoopDelay } from 'node:perf_hooks';
    import { FileActions, posixSpawn } from 'forkless';
    await (await posixSpawn('/bin/true', ['true'])).exited;
    const fifo = makeFifo();
    let unhandled = 0;
    process.on('unhandledRejection', () => unhandled++);
    const before = { threads: threadTimes().size, descriptors: openDescriptors().size };
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    await until('the delay is being measured', () => delay.count > 10);

    const controllers = Array.from({ length: 500 }, () => new AbortController());
    const abortAll = () => { for (const controller of controllers) controller.abort(); };
    const fileActions = new FileActions().addOpen(5, fifo, 'r');
    const errors = {};
    let ended = 0;
    const starts = Array.from({ length: 500 }, (_, index) => {
      const { signal } = controllers[index];
      const options = index % 10 === 0 ? { signal, fileActions } : { signal };
      return posixSpawn('/bin/true', ['true'], options).then(
        async (child) => { await child.exited; ended++; },
        ({ name }) => { errors[name] = (errors[name] ?? 0) + 1; });
    });
    ${act}
    await Promise.all(starts);
    delay.disable();
    const ms = (nanoseconds) => Math.round(nanoseconds / 1e4) / 100;
    await new Promise(setImmediate);
    say({
      ended, errors, unhandled, newThreads,
      left: childrenOf().length,
      descriptors: openDescriptors().size - before.descriptors,
      delayMs: { p50: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), max: ms(delay.max) },
    });
  `);
}

describe('500 starts at once', () => {
  it('of which 50 hang: the others end, no thread is tied up, and the 50 can be aborted', async () => {
    const { delayMs, ...result } = await crowd(`
      await until('the others have ended', () => ended === 450);
      await until('50 hang', () => stuckChildren().length === 50);
      const newThreads = threadTimes().size - before.threads;
      abortAll();
    `);
    console.log(`      event loop delay: ${JSON.stringify(delayMs)} ms`);
    expect(result).to.deep.equal({
      ended: 450,
      errors: { AbortError: 50 },
      unhandled: 0,
      newThreads: 0,
      left: 0,
      descriptors: 0,
    });
  });

  it('can all be aborted in the same turn', async () => {
    const { delayMs: _, ...result } = await crowd(`
      const newThreads = threadTimes().size - before.threads;
      abortAll();
    `);
    expect(result).to.deep.equal({
      ended: 0,
      errors: { AbortError: 500 },
      unhandled: 0,
      newThreads: 0,
      left: 0,
      descriptors: 0,
    });
  });
});

describe('starts of one thread', () => {
  // A stuck child that was made between another start's pipe and its clone would hold that pipe open.
  it('get their verdict while those of another thread hang before exec (1,500 rounds)', async () => {
    const result = await runNodeForValue<object>(`
      import { once } from 'node:events';
      import { Worker } from 'node:worker_threads';
      import { posixSpawn } from 'forkless';
      const BATCH = 50;
      const source = \`
        const { parentPort, workerData } = require('node:worker_threads');
        import('forkless').then(({ FileActions, posixSpawn }) => {
          const fileActions = new FileActions().addOpen(5, workerData, 'r');
          const hang = () => {
            const controller = new AbortController();
            const starts = Array.from({ length: \${BATCH} }, () =>
              posixSpawn('/bin/true', ['true'], { fileActions, signal: controller.signal }).catch(({ name }) => name));
            parentPort.once('message', async () => {
              controller.abort();
              parentPort.postMessage((await Promise.all(starts)).filter((name) => name === 'AbortError').length);
              parentPort.once('message', hang);
            });
          };
          parentPort.once('message', hang);
          parentPort.postMessage('loaded');
        });
      \`;
      const worker = new Worker(source, { eval: true, workerData: makeFifo() });
      await once(worker, 'message');
      let verdicts = 0, aborted = 0;
      for (let round = 0; round < 1500; round += BATCH) {
        worker.postMessage('hang');
        const starts = Array.from({ length: BATCH }, (_, index) => index % 5 === 4
          ? posixSpawn('/no/such/program', ['x']).catch(({ code }) => code)
          : posixSpawn(probePath, probeArgv('block')));
        let settled = 0;
        for (const start of starts) start.then(() => settled++);
        await until('every verdict of round ' + round, () => settled === BATCH);
        for (const result of await Promise.all(starts)) {
          if (result === 'ENOENT') verdicts++;
          else if (result.kill('SIGKILL') && (await result.exited).signal === 'SIGKILL') verdicts++;
        }
        worker.postMessage('stop');
        aborted += (await once(worker, 'message'))[0];
      }
      await worker.terminate();
      say({ verdicts, aborted, left: childrenOf().length });
    `);
    expect(result).to.deep.equal({ verdicts: 1500, aborted: 1500, left: 0 });
  });
});
