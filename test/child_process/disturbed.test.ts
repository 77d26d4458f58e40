import { expect } from 'chai';
import { runNodeForValue } from '../support/run-node.js';

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
});
