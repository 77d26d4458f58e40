import { expect } from 'chai';
import { helper } from '../support/paths.js';
import { childrenOf, stateOf } from '../support/proc.js';
import { runNodeForValue, startNode } from '../support/run-node.js';
import { until } from '../support/until.js';

const TRACE_HOLD = JSON.stringify(helper('trace-hold'));

// Its pidfd is readable, and yet it is not ours to reap before its tracer lets go.
describe('a dead child that is still traced', () => {
  const cases: [title: string, start: string, outcome: unknown][] = [
    [
      'after exec',
      `const child = await posixSpawn(probePath, probeArgv('block'));
       const pid = child.pid;
       const outcome = child.exited.then(({ signal }) => signal);`,
      'SIGKILL',
    ],
    [
      'before exec',
      `const fileActions = new FileActions().addOpen(5, makeFifo(), 'r');
       const outcome = posixSpawn('/bin/true', ['true'], { fileActions }).catch(({ code, signal }) => code + ' ' + signal);
       const [pid] = await until('it is stuck', () => stuckChildren().length === 1 && stuckChildren());`,
      'ERR_CHILD_DIED SIGKILL',
    ],
    [
      'before exec, aborted',
      `const fileActions = new FileActions().addOpen(5, makeFifo(), 'r');
       const abort = new AbortController();
       const outcome = posixSpawn('/bin/true', ['true'], { fileActions, signal: abort.signal }).catch(({ name }) => name);
       const [pid] = await until('it is stuck', () => stuckChildren().length === 1 && stuckChildren());
       globalThis.kill = () => abort.abort();`,
      'AbortError',
    ],
  ];
  for (const [title, start, outcome] of cases)
    it(`costs the watcher no processor time, and is told of once it is let go (${title})`, async () => {
      const seen = await runNodeForValue<{ outcome: unknown; tooSoon: boolean; cpuMs: number }>(`
        import { spawn } from 'node:child_process';
        import { once } from 'node:events';
        import { FileActions, posixSpawn } from 'forkless';

        // Every pool of Node has its threads by now: the one that comes next is the watcher.
        const threads = new Set(threadTimes().keys());
        await (await posixSpawn('/bin/true', ['true'])).exited;
        const [watcher, ...more] = [...threadTimes().keys()].filter((thread) => !threads.has(thread));
        if (watcher === undefined || more.length > 0) throw new Error('which thread is the watcher?');

        globalThis.kill = (pid) => process.kill(pid, 'SIGKILL');
        ${start}
        const tracer = spawn(${TRACE_HOLD}, [String(pid)], { stdio: ['pipe', 'pipe', 'inherit'] });
        await once(tracer.stdout, 'data');
        kill(pid);
        await until('it is dead', () => stateOf(pid) === 'Z');

        let told = false;
        outcome.then(() => { told = true; });
        const before = threadTimes().get(watcher);
        const begin = performance.now();
        // This thread is busy for as long: a watcher that spins has the other processor for itself.
        while (performance.now() - begin < 300) for (let i = 0; i < 1e5; i++) globalThis.sink = i;
        const cpuMs = threadTimes().get(watcher) - before;
        await new Promise(setImmediate);
        const tooSoon = told;
        tracer.stdin.end();
        say({ outcome: await outcome, tooSoon, cpuMs });
      `);
      expect(seen.cpuMs).to.be.lessThan(20);
      expect(seen).to.include({ outcome, tooSoon: false });
    });
});

describe('the watcher', () => {
  it('tells of 1,500 ends that are there at once, of each once', async () => {
    const node = startNode(`
      import { posixSpawn } from 'forkless';
      await (await posixSpawn('/bin/true', ['true'])).exited;
      const before = openDescriptors().size;
      const codes = {};
      const ends = [];
      for (let batch = 0; batch < 15; batch++)
        await Promise.all(Array.from({ length: 100 }, async () => {
          const child = await posixSpawn(probePath, probeArgv('echo-stdin'));
          ends.push(child.exited.then(({ code }) => { codes[code] = (codes[code] ?? 0) + 1; }));
        }));
      say('started');
      await Promise.all(ends);
      say({ codes, left: childrenOf().length, descriptors: openDescriptors().size - before });
    `);
    expect(await node.value()).to.equal('started');
    // Stopped, it can take none of the ends before all are there: all children read the input that ends here.
    node.kill('SIGSTOP');
    await until('it is stopped', () => stateOf(node.pid) === 'T');
    node.endInput();
    await until('all are dead', () => childrenOf(node.pid).every(({ state }) => state === 'Z'), 20_000);
    const dead = childrenOf(node.pid).length;
    node.kill('SIGCONT');
    expect(await node.value()).to.deep.equal({ codes: { 0: 1500 }, left: 0, descriptors: 0 });
    expect(dead).to.equal(1500);
    expect(await node.ended).to.include({ code: 0, stderr: '' });
  });
});
