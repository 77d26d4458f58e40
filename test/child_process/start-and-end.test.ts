// Where in the order of things a start that fails is told, to whoever looks on in any way; and what a child is between
// its end and the moment when that is told.
import type { ChildProcess } from 'node:child_process';
import { channel } from 'node:diagnostics_channel';
import { expect } from 'chai';
import { hasEnded, stateOf } from '../support/proc.js';
import { runNodeForValue } from '../support/run-node.js';
import type { Door } from './oracle.js';
import { major, same, sameScript } from './oracle.js';
import { closed } from './story.js';

/** Starts that fail, each by an errno of its own. */
const failures: [what: string, fail: (cp: Door, options?: object) => ChildProcess][] = [
  ['ENOENT', (cp, options) => cp.spawn('/no/such', options)],
  ['EACCES', (cp, options) => cp.spawn('/etc/passwd', options)],
  ['ENOTDIR', (cp, options) => cp.spawn('/etc/passwd/x', options)],
  ['E2BIG', (cp, options) => cp.spawn('/bin/true', ['x'.repeat(200_000)], options)],
  ['a missing cwd', (cp, options) => cp.spawn('/bin/true', { ...options, cwd: '/no/such' })],
];

describe('a start that fails', () => {
  for (const [what, fail] of failures) {
    same(
      `by ${what} is told at its place in the order of things`,
      async (cp) => {
        await new Promise(setImmediate); // both begin in the same phase of the loop
        const order: unknown[] = [];
        const note = (word: string) => () => order.push(word);
        process.nextTick(note('tick before'));
        queueMicrotask(note('microtask before'));
        try {
          const child = fail(cp);
          for (const name of ['spawn', 'exit', 'error', 'close']) child.on(name, note(name));
          child.stdout?.on('end', note('end')).on('close', note('stdout closed')).resume();
          child.stdin?.on('close', note('stdin closed'));
          process.nextTick(note('tick after'));
          setImmediate(note('immediate'));
          order.push(child.pid, child.stdin?.writable, child.stdin?.write('text'));
          await closed(child);
        } catch (error) {
          order.push((error as NodeJS.ErrnoException).code);
        }
        await new Promise((resolve) => process.nextTick(resolve));
        return order.filter((entry) => entry !== 'immediate');
      },
      (order) => expect(order).to.include('tick before').and.to.not.include('spawn'),
    );
    same(
      `by ${what} is no 'spawn' for whoever wraps emit, whose wrap stays`,
      async (cp) => {
        const names: unknown[] = [];
        let child: ChildProcess;
        try {
          child = fail(cp);
        } catch (error) {
          return [(error as NodeJS.ErrnoException).code];
        }
        const { emit } = child;
        const wrap = function (this: ChildProcess, name: string, ...args: unknown[]): boolean {
          names.push(name);
          return Reflect.apply(emit, this, [name, ...args]);
        };
        Object.assign(child, { emit: wrap });
        child.on('error', (error) => names.push(error.message));
        child.emit('error', new Error('mine'));
        await closed(child);
        return [...names, child.emit === (wrap as unknown), Object.keys(child).includes('emit')];
      },
      (names) => expect(names).to.not.include('spawn'),
    );
    same(
      `by ${what} is one to whoever has heard of the child before`,
      async (cp) => {
        const seen: unknown[] = [];
        const heard = (message: unknown) => {
          const { process: child } = message as { process: ChildProcess };
          for (const name of ['spawn', 'exit', 'error', 'close'])
            child.on(name, () => seen.push(name, child.pid, child.stdio?.length));
        };
        channel('child_process').subscribe(heard);
        try {
          await closed(fail(cp));
        } catch (error) {
          seen.push((error as NodeJS.ErrnoException).code);
        }
        channel('child_process').unsubscribe(heard);
        await new Promise(setImmediate);
        return seen;
      },
      (seen) => expect(seen).to.not.include('spawn'),
    );
  }
  sameScript(
    'is one to a method that was put in the place of ChildProcess.prototype.spawn',
    `const seen = [];
     const { spawn } = cp.ChildProcess.prototype;
     cp.ChildProcess.prototype.spawn = function (options) {
       const result = Reflect.apply(spawn, this, [options]);
       seen.push(result, this.pid);
       return result;
     };
     cp.spawn('/no/such').on('error', ({ code }) => console.log(seen, code));`,
    ({ stdout }) => expect(stdout).to.equal('[ -2, undefined ] ENOENT\n'),
  );
  sameScript(
    'is one to a method that a subscriber gives the child, whenever that starts it',
    `import { channel } from 'node:diagnostics_channel';
     const seen = [];
     channel('child_process').subscribe(({ process: child }) => {
       const { spawn } = child;
       child.spawn = function (options) { setImmediate(() => seen.push(Reflect.apply(spawn, this, [options]), this.pid)); };
     });
     cp.spawn('/no/such', { stdio: 'ignore' }).on('error', ({ code }) => console.log(seen, code));
     cp.spawn('/bin/false', { stdio: 'ignore' }).on('exit', (code) => console.log(code));`,
    ({ stdout }) => expect(stdout).to.equal('\n1\n[ -2, undefined ] ENOENT'),
    { anyOrder: true },
  );
  sameScript(
    'in the middle of another, as a hook sees it',
    `import { createHook } from 'node:async_hooks';
     const seen = []; let depth = 0;
     const hook = createHook({ init(id, type) {
       if (type !== 'TickObject' || depth > 2) return;
       depth += 1;
       const child = cp.spawn(depth % 2 ? '/no/such' : '/bin/true').on('error', ({ code }) => seen.push(code)).on('exit', (code) => seen.push(code));
       seen.push(typeof child.pid);
     } }).enable();
     const outer = cp.spawn('/bin/false'); hook.disable();
     seen.push(typeof outer.pid);
     outer.on('exit', (code) => seen.push(code));
     process.on('exit', () => console.log(seen.map(String).sort().join(' ')));`,
    ({ stdout }) => expect(stdout).to.contain('ENOENT'),
  );
  sameScript(
    'of whoever looks at the failures of starts',
    `import { channel } from 'node:diagnostics_channel';
     const seen = [];
     channel('tracing:child_process.spawn:error').subscribe(({ process, error }) => seen.push(process.pid, error.code));
     channel('tracing:child_process.spawn:end').subscribe(() => seen.push('end'));
     cp.spawn('/no/such').on('error', () => {});
     try { cp.spawn('/etc/passwd/x'); } catch {}
     console.log(JSON.stringify(seen));`,
    ({ stdout }) => {
      if (major >= 26) expect(stdout).to.equal('[null,"ENOENT",null,"ENOTDIR"]\n');
    },
  );
});

describe('a child that has ended', () => {
  same(
    'keeps its pid, and its group, until that is told',
    async (cp) => {
      const seen: unknown[] = [];
      const child = cp.spawn('/bin/true', { detached: true });
      const pid = child.pid ?? 0;
      child.on('exit', () => seen.push('exit', reach(pid), reach(-pid)));
      while (!hasEnded(pid)) Math.sqrt(pid);
      seen.push(stateOf(pid), reach(pid), reach(-pid), child.kill('SIGUSR1'));
      await closed(child);
      return seen;
    },
    (seen) => expect(seen).to.deep.equal(['Z', true, true, true, 'exit', 'ESRCH', 'ESRCH']),
  );
  it('is reaped also where nobody waits any more: unreferenced, or of a Worker that is gone', async () => {
    const zombies = await runNodeForValue<unknown>(`
      import { Worker } from 'node:worker_threads';
      import { spawn } from 'forkless/child_process';
      const worker = new Worker(
        "const { parentPort } = require('node:worker_threads');" +
        "import('forkless/child_process').then(({ spawn }) => { for (let n = 0; n < 20; n++) spawn('/bin/true'); parentPort.postMessage(1); for (;;); });",
        { eval: true });
      await new Promise((resolve) => worker.once('message', resolve));
      await until('all have ended', () => childrenOf().filter(({ state }) => state === 'Z').length === 20);
      await worker.terminate();
      await until('all are reaped', () => childrenOf().length === 0);
      spawn('/bin/true', { stdio: 'ignore' }).unref();
      await until('that is reaped too', () => childrenOf().length === 0);
      say(childrenOf());`);
    expect(zombies).to.deep.equal([]);
  });
  it('is reaped where its Worker is terminated right after its start', async () => {
    const left = await runNodeForValue<unknown>(`
      import { Worker } from 'node:worker_threads';
      const shared = new Int32Array(new SharedArrayBuffer(4));
      const worker = new Worker(
        "const { workerData, parentPort } = require('node:worker_threads');" +
        "const { createHook } = require('node:async_hooks');" +
        "import('forkless/child_process').then(({ spawn }) => {" +
        "  createHook({ init(id, type) { if (type === 'TickObject' && workerData.armed) { workerData.armed = false; Atomics.store(workerData.shared, 0, 1); Atomics.notify(workerData.shared, 0); for (;;); } } }).enable();" +
        "  workerData.armed = true; spawn('/bin/sleep', ['100']); });",
        { eval: true, workerData: { shared } });
      await Atomics.waitAsync(shared, 0, 0).value;
      await until('the program runs', () => childrenOf().some(({ command }) => command === 'sleep'));
      await worker.terminate();
      const [{ pid }] = childrenOf();
      process.kill(pid, 'SIGKILL');
      await until('it is reaped', () => childrenOf().length === 0);
      say(openDescriptors().size < 40);`);
    expect(left).to.equal(true);
  });
});

/** What a signal to it comes to. */
function reach(pid: number): unknown {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}
