import { expect } from 'chai';
import { runNode, runNodeForValue } from '../support/run-node.js';

// What happens around a start: nobody waits, the environment is emptied, the thread ends in the middle.
describe('a child of ours', () => {
  it('that does not hold the loop is heard of at its end, not with the next event', async () => {
    const order = await runNodeForValue<string[]>(`
      import { spawn } from 'forkless/child_process';
      const order = [];
      const child = spawn('sleep', ['0.1'], { stdio: 'ignore' });
      child.unref();
      child.on('exit', () => order.push('exit'));
      child.on('close', () => order.push('close'));
      setTimeout(() => say([...order, 'timer']), 3000);`);
    expect(order).to.deep.equal(['exit', 'close', 'timer']);
  });

  it('is heard of although what is called for another one, which ended at the same time, throws', async () => {
    const heard = await runNodeForValue<unknown>(`
      import { AsyncResource } from 'node:async_hooks';
      import { spawn } from 'forkless/child_process';
      const original = AsyncResource.prototype.runInAsyncScope;
      const ends = [];
      const children = Array.from({ length: 5 }, (_, index) =>
        spawn('/bin/true', { stdio: 'ignore' }).on('exit', (code) => ends.push(index + ': ' + code)));
      process.on('uncaughtException', ({ message }) => ends.push(message));
      const zombies = () => childrenOf().filter(({ state }) => state === 'Z').length;
      while (zombies() < children.length); // the loop must not turn before all have ended
      AsyncResource.prototype.runInAsyncScope = function () {
        AsyncResource.prototype.runInAsyncScope = original;
        throw new Error('thrown');
      };
      await until('all but one have been told', () => ends.length === children.length);
      say({ told: ends.filter((text) => text.endsWith(': 0')).length, thrown: ends.filter((text) => text === 'thrown').length });
      process.exit();`);
    expect(heard).to.deep.equal({ told: 4, thrown: 1 });
  });

  it('whose handle somebody has closed does not hold the loop, whatever is done to the handle', async () => {
    const { code, stdout } = await runNode(
      `
      import { spawn } from 'forkless/child_process';
      const child = spawn('cat', { stdio: [0, 'ignore', 'ignore'] }); // until the end of our input
      const handle = child._handle;
      child.on('exit', () => say('exit'));
      handle.close();
      handle.close();
      handle.unref();
      handle.ref();
      say([handle.hasRef(), childrenOf().length]);`,
      { deadlineMs: 20_000 },
    );
    expect({ code, stdout }).to.deep.equal({ code: 0, stdout: '[false,1]\n' });
  });

  it('that could not be started because an argument has no text leaves no descriptor', async () => {
    const left = await runNodeForValue<number>(`
      import { once } from 'node:events';
      import { spawn } from 'forkless/child_process';
      await once(spawn('/bin/true'), 'close');
      const before = openDescriptors().size;
      const noText = { toString() { throw new Error('no text'); } };
      for (let round = 0; round < 20; round++) {
        try {
          const child = spawn('/bin/true', [noText]); // Node 20 throws, later ones take it for an empty text
          child.stdout.resume();
          child.stderr.resume();
          await once(child, 'close');
        } catch ({ message }) {
          if (message !== 'no text') throw new Error(message);
        }
      }
      await until('the streams are closed', () => openDescriptors().size <= before).catch(() => {});
      say(openDescriptors().size - before);`);
    expect(left).to.be.at.most(0);
  });

  it('gets nothing of an environment that has been emptied since the start before', async () => {
    const seen = await runNodeForValue<string[]>(`
      import { once } from 'node:events';
      import { writeFileSync } from 'node:fs';
      import { fork, spawnSync } from 'forkless/child_process';
      const program = tempPath('keys.mjs');
      writeFileSync(program, 'process.send(Object.keys(process.env))');
      process.env.SECRET = 'secret';
      spawnSync('/bin/true');
      for (const key of Object.keys(process.env)) delete process.env[key];
      const [keys] = await once(fork(program), 'message');
      say(keys);`);
    expect(seen).to.deep.equal([]);
  });

  for (const call of ['spawn', 'spawnSync'])
    it(`asks an argument of ${call} once for its text`, async () => {
      const asked = await runNodeForValue<number>(`
        import { ${call} } from 'forkless/child_process';
        let asked = 0;
        ${call}('/bin/true', [{ toString: () => String(++asked) }], { stdio: 'ignore' });
        say(asked);`);
      expect(asked).to.equal(1);
    });

  it('leaves no pipe open where an entry of stdio throws when it is asked for its number', async () => {
    const { left, outcomes } = await runNodeForValue<{ left: number; outcomes: string[] }>(`
      import { spawn, spawnSync } from 'forkless/child_process';
      spawnSync('/bin/true');
      // an epoll descriptor may stay: of Node's own function, which is asked where ours refuses
      const sockets = () => [...openDescriptors().values()].filter((target) => target.startsWith('socket:')).length;
      const before = sockets();
      const outcomes = [];
      for (const start of [spawn, spawnSync])
        for (let good = 0; good < 6; good++) {
          let asked = 0;
          const fd = () => { if (asked++ >= good) throw new Error('asked'); return 2; };
          for (const entry of [{ get fd() { return fd(); } }, { get fd() { const number = fd(); return asked > 1 ? Symbol('fd') : number; } },
            { _handle: { constructor: { name: 'Pipe' }, get fd() { return fd(); } } }])
            try {
              const child = start('/bin/true', [], { stdio: [start === spawn ? 'ignore' : 'pipe', entry, 'pipe'] });
              outcomes.push('started');
              child.stderr?.destroy?.();
            } catch (error) {
              outcomes.push(error.message);
            }
        }
      await until('all pipes are closed', () => sockets() <= before, 3000).catch(() => {});
      say({ left: sockets() - before, outcomes });`);
    expect(outcomes).to.include('asked');
    expect(left).to.equal(0);
  });

  it('of a Worker that is terminated in the middle of a start gets the end of its input', async () => {
    const { left, started } = await runNodeForValue<{ left: number; started: number }>(`
      import { readdirSync, readlinkSync } from 'node:fs';
      import { Worker } from 'node:worker_threads';
      import { spawn } from 'forkless/child_process';
      spawn('/bin/true', { stdio: 'ignore' });
      const sockets = () => readdirSync('/proc/self/fd').filter((fd) => {
        try { return readlinkSync('/proc/self/fd/' + fd).startsWith('socket:'); } catch { return false; }
      }).length;
      const before = sockets();
      let started = 0;
      for (let round = 0; round < 10; round++) {
        const worker = new Worker(
          "const { parentPort } = require('node:worker_threads');" +
          "import('forkless/child_process').then(({ spawn }) => { for (;;) { spawn('cat').stdin.end(); parentPort.postMessage(1); } });",
          { eval: true });
        let heard = 0;
        await new Promise((resolve) => worker.on('message', () => { if (++heard === 20) resolve(); }));
        await worker.terminate();
        started += heard;
      }
      await until('all streams are closed', () => sockets() - before < 12, 5000);
      say({ left: sockets() - before, started });
      process.exit();`);
    expect(started).to.be.at.least(200);
    // The thread can be stopped at any instruction: between our release of a socket and Node's taking of it one is lost.
    expect(left).to.be.below(12);
  });

  // The pairs of a start are held for the Worker until its streams have them: however many, and also while others are
  // made because the first ones stand on a number that the start names.
  for (const [title, pipes, named] of [
    ['40 pipes', 40, 0],
    ['three pipes, of which the first ones stood on closed numbers that it names', 3, 4],
  ])
    it(`of a Worker that is terminated in the middle of a start with ${title} gets the end of its input`, async () => {
      const result = await runNodeForValue<{ left: number; children: number }>(`
        import { closeSync, openSync, readdirSync, readlinkSync } from 'node:fs';
        import { Worker } from 'node:worker_threads';
        import { spawn } from 'forkless/child_process';
        spawn('/bin/true', { stdio: 'ignore' });
        const sockets = () => readdirSync('/proc/self/fd').filter((fd) => {
          try { return readlinkSync('/proc/self/fd/' + fd).startsWith('socket:'); } catch { return false; }
        }).length;
        const before = sockets();
        // stuck before exec: the Worker waits for it, and is terminated while it does
        const fifo = makeFifo();
        const source = "import('forkless').then(async ({ FileActions }) => {" +
          "const { spawn } = await import('forkless/child_process');" +
          "const { closeSync, openSync } = require('node:fs');" +
          "const { workerData } = require('node:worker_threads');" +
          "const fileActions = new FileActions().addOpen(99, workerData, 'r');" +
          "const stdio = Array(${pipes}).fill('pipe');" +
          "const closed = Array.from({ length: ${named} }, () => openSync('/dev/null'));" +
          "for (const fd of closed) { closeSync(fd); fileActions.addClose(fd); }" +
          "spawn('cat', { stdio, fileActions }); });";
        for (let round = 0; round < 3; round++) {
          const worker = new Worker(source, { eval: true, workerData: fifo });
          const stuck = await until('it is stuck', () => stuckChildren()[0]);
          const ended = worker.terminate();
          closeSync(openSync(fifo, 'r+'));
          await ended;
          // cat ends with its input
          await until('the child has ended', () => isGone(stuck) || stateOf(stuck) === 'Z');
        }
        await until('all streams are closed', () => sockets() <= before);
        say({ left: sockets() - before, children: stuckChildren().length });
        process.exit();`);
      expect(result).to.deep.equal({ left: 0, children: 0 });
    });

  // As a start makes them whose first ones stand on numbers that it names, in a Worker that comes no further.
  it('leaves none of the pairs that a Worker has made, one after the other, and not handed over', async () => {
    const result = await runNodeForValue<unknown>(`
      import { once } from 'node:events';
      import { Worker } from 'node:worker_threads';
      import 'forkless/child_process';
      const sockets = () => [...openDescriptors().values()].filter((target) => target.startsWith('socket:')).length;
      const source = "const { parentPort, workerData } = require('node:worker_threads');" +
        "import(workerData).then(({ binding }) => {" +
        "for (const count of [2, 8, 66]) binding().socketPairs(new Int32Array(count));" +
        "parentPort.once('message', () => {}).postMessage(0); });"; // lives until it is terminated
      const before = sockets();
      const worker = new Worker(source, { eval: true, workerData: import.meta.resolve('#lib/binding.js') });
      await once(worker, 'message');
      const made = sockets() - before;
      await worker.terminate();
      await until('they are closed', () => sockets() <= before).catch(() => {});
      say({ made, left: sockets() - before });`);
    expect(result).to.deep.equal({ made: 76, left: 0 });
  });
});
