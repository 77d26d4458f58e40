// Where in the order of things a start that fails is told, to whoever looks on in any way; and what a child is between
// its end and the moment when that is told.
import type { ChildProcess } from 'node:child_process';
import { channel } from 'node:diagnostics_channel';
import { expect } from 'chai';
import { hasEnded, stateOf } from '../support/proc.js';
import { runProgram } from '../support/program.js';
import { closed } from './event-log.js';
import type { Door } from './oracle.js';
import { major, same, sameProgram } from './oracle.js';

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
      `by ${what} emits its events between the same callbacks as with Node`,
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
      `by ${what} emits no 'spawn' through an emit that other code has wrapped, and keeps the wrapper`,
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
      `by ${what} shows no pid to listeners that were added before the start`,
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
  sameProgram(
    'returns its errno to a method in the place of ChildProcess.prototype.spawn',
    'failed-spawn-method',
    ({ stdout }) => expect(stdout).to.equal('[ -2, undefined ] ENOENT\n'),
  );
  sameProgram(
    'returns its errno to a spawn method that a subscriber gives the child, however late it starts it',
    'failed-spawn-later',
    ({ stdout }) => expect(stdout).to.equal('\n1\n[ -2, undefined ] ENOENT'),
    { anyOrder: true },
  );
  sameProgram('within another start, in an async hook, fails alone', 'failed-in-hook', ({ stdout }) =>
    expect(stdout).to.contain('ENOENT'),
  );
  sameProgram(
    'is published with its error on the channel of starts, where this Node has one',
    'failed-traced',
    ({ stdout }) => {
      if (major >= 26) expect(stdout).to.equal('[null,"ENOENT",null,"ENOTDIR"]\n');
    },
  );
});

describe('a child that has ended', () => {
  same(
    'keeps its pid and its group until the end is told',
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
  it('is reaped although it is unreferenced, or its Worker has been terminated', async () => {
    const zombies = await runProgram<unknown>(import.meta.url, 'reaped-of-nobody');
    expect(zombies).to.deep.equal([]);
  });
  it('is reaped where its Worker is terminated right after its start', async () => {
    const grown = await runProgram<number>(import.meta.url, 'reaped-of-terminated');
    expect(grown).to.be.below(10);
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
