import { spawnSync } from 'node:child_process';
import { closeSync, constants, mkdirSync, openSync } from 'node:fs';
import { expect } from 'chai';
import type { Process } from 'forkless';
import { FileActions, posixSpawn } from 'forkless';
import type { Start } from '../support/probe.js';
import { askProbe, probeArgv, probePath, signalsIn } from '../support/probe.js';
import { childrenOf, stateOf, stuckChildren } from '../support/proc.js';
import { runProgram, runProgramToEnd } from '../support/program.js';
import { doors, endOf, failureOf, makeFile } from '../support/starts.js';
import { makeFifo, tempPath } from '../support/temp.js';
import { until } from '../support/until.js';
import { interpreterThatFitsNowhere, programWithInterpreter } from './verdict-elf.js';

interface Stuck {
  readonly fifo: string;
  readonly pid: number;
  readonly started: Promise<Process>;
}

/** A start that waits in the second of its file actions for somebody to write. */
async function startStuck(start: Start = posixSpawn, sigmask: NodeJS.Signals[] = []): Promise<Stuck> {
  const fifo = makeFifo();
  const fileActions = new FileActions().addClose(40).addOpen(5, fifo, 'r');
  const started = Promise.resolve(start(probePath, probeArgv('exit', 3), { fileActions, sigmask }));
  started.catch(() => {}); // whoever waits for it sees it
  const pid = await until('a child is stuck', () => stuckChildren()[0]);
  return { fifo, pid, started };
}

/** Lets a stuck start go on. */
function openForWriting(fifo: string): void {
  closeSync(openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK));
}

/** In a fresh process, because a filter is for good: the error of a start with these options. */
async function failureUnder(
  rules: string,
  options: { umask?: number; close?: number; open?: string } = {},
): Promise<Record<string, unknown>> {
  const { stdout } = await runProgramToEnd(import.meta.url, 'verdict-filtered', { rules, ...options });
  return JSON.parse(stdout);
}

describe('a child that is killed before exec', () => {
  it('is a failed start that names the signal and the step it was in', async () => {
    const { fifo, pid, started } = await startStuck();
    process.kill(pid, 'SIGKILL');
    const error = await failureOf(() => started);
    expect({ ...error }).to.deep.equal({
      code: 'ERR_CHILD_DIED',
      syscall: 'open',
      path: fifo,
      spawnargs: ['exit', '3'],
      step: 'open',
      actionIndex: 1,
      fd: 5,
      signal: 'SIGKILL',
    });
    expect(error.message).to.match(
      /^ERR_CHILD_DIED: the child died before exec \(SIGKILL\), open '.*' \(step \d+ of \d+\)$/,
    );
    expect(childrenOf()).to.deep.equal([]);
  });

  it('is a failed start of posixSpawnSync as well', async () => {
    const fifo = makeFifo();
    const error = await runProgram<Record<string, unknown>>(import.meta.url, 'verdict-killed-sync', { fifo });
    expect(error).to.include({ code: 'ERR_CHILD_DIED', signal: 'SIGKILL', step: 'open', actionIndex: 0 });
  });

  it('is a failed start when a filter kills execve', async () => {
    const error = await failureUnder('execve=KILL');
    expect(error).to.include({
      code: 'ERR_CHILD_DIED',
      signal: 'SIGSYS',
      step: 'execve',
      syscall: 'execve',
      path: '/bin/true',
      children: 0,
    });
    expect(error).to.not.have.any.keys('errno', 'exitCode', 'actionIndex');
  });

  it('is a failed start when a filter kills a step, or what comes before the first one', async () => {
    for (const [call, step] of [
      ['rt_sigaction', 'signals'],
      ['umask', 'umask'],
    ])
      expect(await failureUnder(`${call}=KILL`, { umask: 0o22 })).to.deep.include({
        code: 'ERR_CHILD_DIED',
        signal: 'SIGSYS',
        step,
        syscall: call,
        children: 0,
      });
  });

  it('is a failed start with an exit code when execve fails and a filter forbids to tell', async () => {
    // The report pipe moves above the highest descriptor that is named; the rest of the process may write.
    const error = await failureUnder('execve=EACCES write:200=EPERM', { close: 200 });
    expect(error).to.include({
      code: 'ERR_CHILD_DIED',
      exitCode: 127,
      step: 'execve',
      path: '/bin/true',
      children: 0,
    });
    expect(error).to.not.have.any.keys('errno', 'signal');
    expect(error['message']).to.match(
      /^ERR_CHILD_DIED: the child died before exec \(exit code 127\), execve /,
    );
  });

  it('is a failed start with an exit code when a file action fails and a filter forbids to tell', async () => {
    const error = await failureUnder('write:200=EPERM', { close: 200, open: '/no/such' });
    expect(error).to.include({ code: 'ERR_CHILD_DIED', exitCode: 127, step: 'open', actionIndex: 1, fd: 7 });
  });

  it('is a failed start by a signal that waited until the mask was set, the last moment before exec', async () => {
    const { fifo, pid, started } = await startStuck();
    process.kill(pid, 'SIGTERM'); // blocked, as all signals are, so it goes on waiting
    openForWriting(fifo);
    const error = await failureOf(() => started);
    expect(error).to.include({ code: 'ERR_CHILD_DIED', signal: 'SIGTERM', step: 'sigmask', path: probePath });
    expect(error).to.not.have.any.keys('actionIndex', 'fd', 'exitCode', 'errno');
  });
});

describe('a child that waits before exec', () => {
  it('hands on to the program a signal that its mask blocks', async () => {
    const fifo = makeFifo();
    const fileActions = new FileActions().addOpen(5, fifo, 'r');
    const report = askProbe({ fileActions, sigmask: ['SIGTERM', 'SIGRTMIN+3'] });
    const pid = await until('a child is stuck', () => stuckChildren()[0]);
    process.kill(pid, 'SIGTERM');
    openForWriting(fifo);
    expect(signalsIn((await report).shdPnd)).to.deep.equal([15]);
  });

  it('can be stopped and continued, and others start meanwhile', async () => {
    const { fifo, pid, started } = await startStuck();
    process.kill(pid, 'SIGSTOP');
    await until('the child is stopped', () => stateOf(pid) === 'T');
    expect(await endOf(() => posixSpawn(probePath, probeArgv('exit', 4)))).to.include({ code: 4 });
    expect(stateOf(pid)).to.equal('T');
    process.kill(pid, 'SIGCONT');
    await until('the child waits again', () => stuckChildren().includes(pid));
    openForWriting(fifo);
    const child = await started;
    expect(child.pid).to.equal(pid);
    expect(await child.exited).to.include({ code: 3, signal: null });
  });

  it('can be killed while it is stopped', async () => {
    const { pid, started } = await startStuck();
    process.kill(pid, 'SIGSTOP');
    await until('the child is stopped', () => stateOf(pid) === 'T');
    process.kill(pid, 'SIGKILL');
    expect(await failureOf(() => started)).to.include({
      code: 'ERR_CHILD_DIED',
      signal: 'SIGKILL',
      step: 'open',
    });
  });
});

for (const [name, start] of doors) {
  describe(`a child of ${name} that dies right after exec`, () => {
    it('is started, and then ends by its signal, 500 times', async () => {
      const statuses: unknown[] = [];
      const lane = async (count: number) => {
        for (let round = 0; round < count; round++) {
          const [path, argv] =
            round % 2 === 0 ? [probePath, probeArgv('kill', 9)] : ['/bin/sh', ['sh', '-c', 'kill -9 $$']];
          const { code, signal, reapedElsewhere } = await endOf(() => start(path, argv));
          statuses.push(`${code} ${signal} ${reapedElsewhere}`);
        }
      };
      await Promise.all(Array.from({ length: 10 }, () => lane(50)));
      expect(statuses).to.deep.equal(Array.from({ length: 500 }, () => 'null SIGKILL false'));
    });

    it('is started although its interpreter cannot be loaded, and ends by SIGSEGV or SIGKILL', async () => {
      const program = makeFile(programWithInterpreter(makeFile(interpreterThatFitsNowhere())));
      const { code, signal } = await endOf(() => start(program, ['program']));
      expect(code).to.equal(null);
      expect(signal).to.be.oneOf(['SIGSEGV', 'SIGKILL']);
    });
  });

  describe(`an ELF program under ${name}`, () => {
    it('fails with ENOENT where its interpreter is missing', async () => {
      const path = makeFile(programWithInterpreter(tempPath('missing')));
      const error = await failureOf(() => start(path, ['program']));
      expect(error).to.include({ code: 'ENOENT', step: 'execve', path });
    });

    it('fails with ELIBBAD where its interpreter is something else', async () => {
      const path = makeFile(programWithInterpreter(makeFile('#!/bin/sh\n'.repeat(100))));
      const error = await failureOf(() => start(path, ['program']));
      expect(error).to.include({ code: 'ELIBBAD', errno: -80, step: 'execve', path });
    });
  });
}

// What a program's name may hold stands in /proc/PID/stat before the numbers. In a pid namespace of its own the parent
// is 1, and such a name looks like the numbers of a process that has never exec'ed.
describe('a program whose name looks like the end of its line in /proc', () => {
  it('counts as begun, also on rung 3', async function () {
    const inside = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'];
    if (spawnSync(inside[0] ?? '', [...inside.slice(1), 'true']).status !== 0) this.skip();
    const folder = tempPath('names');
    mkdirSync(folder);
    for (const name of [') 1 0 0 0 0 64', '((', '))', ') R 1 ('])
      makeFile('#!/bin/sh\nexit 9\n', 0o755, `${folder}/${name}`);
    const options = { env: { FORKLESS_RUNG: '3' }, launcher: inside };
    const seen = await runProgram(import.meta.url, 'verdict-names', { folder }, options);
    expect(seen).to.deep.equal([1, Array(16).fill(9)]);
  });
});
