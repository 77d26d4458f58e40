import { expect } from 'chai';
import { fdRun } from '../support/launchers.js';
import { helper } from '../support/paths.js';
import { stateOf } from '../support/proc.js';
import type { RunOptions } from '../support/run-node.js';
import { runNodeForValue, startNode } from '../support/run-node.js';
import { until } from '../support/until.js';
import { crowdUrl, meddleUrl, needLinux, SLOTS } from './flat-crowd.js';

const always = { FORKLESS_FLAT: 'always' };

/** Two sources and the report pipe: three numbers of the reserve. */
const LENT = 3;
/** So many such starts, and one without sources, lend out all but the number that is never lent. */
const FULL = 10;

const prelude = `
  import { spawn } from 'node:child_process';
  import { once } from 'node:events';
  import { closeSync, fstatSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
  import { features, openPipe, posixSpawn, posixSpawnSync } from 'forkless';
  import { crowd, flatStarts } from '${crowdUrl}';
  import { tables } from '${meddleUrl}';
  const argv = probeArgv('exit', 7);
  const start = (options) => posixSpawnSync(probePath, argv, { cloexecDefault: true, ...options });
  const codeOf = async (child) => (await (await child).exited).code;
  const failureOf = (child) =>
    child.then(() => 'started', ({ code, step, signal = null, exitCode = null }) => [code, step, signal, exitCode]);
  await codeOf(start());
  if (process.argv[2] !== 'first') await codeOf(start()); // flat, and so not waited for any more
  await once(spawn('/bin/true'), 'close'); // libuv opens what it keeps
  const quiet = async () => {
    await until('all are reaped', () => childrenOf().length === 0);
    await codeOf(posixSpawn(probePath, argv));
    return openDescriptors().size;
  };
  /** Starts one that is held before it leaves the table, with the two ends of a pipe as its own. */
  const hold = async (options) => {
    tables.holdNext(1);
    const before = tables.heldStarts();
    const child = posixSpawn(probePath, argv, { cloexecDefault: true, ...options });
    child.catch(() => {});
    const isNew = (pid) => !before.includes(pid);
    const pid = await until('it is held', () => tables.heldStarts().find(isNew));
    return { child, pid };
  };
  const listener = tables.installHold();
  const [readFd, writeFd] = openPipe();
  const pipe = { fds: [readFd, writeFd] };
`;

describe('a child that has not left the table of its parent', () => {
  before(function () {
    needLinux(this, 5, 9);
  });

  it('is not waited for: others start, flat ones too, and the loop goes on', async () => {
    const result = await run(`
      const open = await quiet();
      const before = performance.now();
      const { child, pid } = await hold(pipe);
      const lent = ${SLOTS} - reservedNumbers().length;
      let turns = 0;
      const counting = setInterval(() => turns++, 1);
      const codes = [];
      const flat = await flatStarts(async () => {
        for (let i = 0; i < 50; i++) codes.push(await codeOf(i % 2 ? start(pipe) : posixSpawn(probePath, argv, { cloexecDefault: true, ...pipe })));
      });
      clearInterval(counting);
      const state = stateOf(pid);
      tables.letGo(pid);
      const code = await codeOf(child);
      const left = (await quiet()) - open;
      say({ lent, turns: turns > 0, codes, flat, state, code, left, reserve: reservedNumbers().length });
    `);
    expect(result).to.deep.equal({
      lent: LENT,
      turns: true,
      codes: Array(50).fill(7),
      flat: 50,
      state: 'S',
      code: 7,
      left: 0,
      reserve: SLOTS,
    });
  });

  it('is waited for no longer than a moment even if it is the first of all', async () => {
    const result = await run<{ longest: number }>(
      `
      let longest = 0;
      const held = [];
      for (let i = 0; i < 3; i++) {
        tables.holdNext(1);
        const begin = performance.now();
        const child = posixSpawn(probePath, argv, { cloexecDefault: true, ...pipe });
        longest = Math.max(longest, performance.now() - begin);
        held.push(child);
        await until('it is held', () => tables.heldStarts().length > i);
      }
      tables.heldStarts().forEach((pid) => tables.letGo(pid));
      const codes = [];
      for (const child of held) codes.push(await codeOf(child));
      await quiet();
      say({ longest, codes, flat: features().flat, reserve: reservedNumbers().length });
    `,
      { args: ['first'] },
    );
    const { longest, ...rest } = result;
    expect(rest).to.deep.equal({ codes: [7, 7, 7], flat: 3, reserve: SLOTS });
    // a millisecond, and what a busy machine adds
    expect(longest).to.be.lessThan(200);
  });

  const deaths: [title: string, before: string, end: string][] = [
    ['is killed', '', `process.kill(pid, 'SIGKILL');`],
    [
      'is stopped and then killed',
      `process.kill(pid, 'SIGSTOP'); await until('it is stopped', () => stateOf(pid) === 'T');`,
      `process.kill(pid, 'SIGKILL');`,
    ],
    [
      'is traced and killed',
      `const tracer = spawn(${JSON.stringify(helper('trace-hold'))}, [String(pid)]);
       await once(tracer.stdout, 'data');`,
      `process.kill(pid, 'SIGKILL');
       await until('it is dead', () => stateOf(pid) === 'Z');
       await codeOf(start(pipe));
       const whileDead = reservedNumbers().length;
       tracer.stdin.end();
       await once(tracer, 'close');
       if (whileDead !== ${SLOTS}) throw new Error(whileDead + ' of the reserve');`,
    ],
  ];
  for (const [title, before, end] of deaths)
    it(`gives back what it was lent when it ${title}, and leaves no descriptor`, async () => {
      const result = await run(`
        const open = await quiet();
        const { child, pid } = await hold(pipe);
        ${before}
        const lent = ${SLOTS} - reservedNumbers().length;
        const flat = await flatStarts(async () => { for (let i = 0; i < 5; i++) await codeOf(start(pipe)); });
        ${end}
        const failure = await failureOf(child);
        const left = (await quiet()) - open;
        say({ lent, flat, failure, left, reserve: reservedNumbers().length });
      `);
      expect(result).to.deep.equal({
        lent: LENT,
        flat: 5,
        failure: ['ERR_CHILD_DIED', 'table', 'SIGKILL', null],
        left: 0,
        reserve: SLOTS,
      });
    });

  it('gives back what it was lent when its start is aborted', async () => {
    const result = await run(`
      const open = await quiet();
      const controller = new AbortController();
      const { child, pid } = await hold({ ...pipe, signal: controller.signal });
      controller.abort();
      const name = await child.catch(({ name }) => name);
      const left = (await quiet()) - open;
      say({ name, gone: isGone(pid), left, reserve: reservedNumbers().length });
    `);
    expect(result).to.deep.equal({ name: 'AbortError', gone: true, left: 0, reserve: SLOTS });
  });

  it('gives back what it was lent where the limit of descriptors is below that by then', async () => {
    const result = await run(`
      const [read, write] = openPipe();
      const { child, pid } = await hold({ fds: [null, write] });
      closeSync(write);
      const limit = meddle.setSoftNofile(10);
      tables.letGo(pid);
      await until('it has ended', () => meddle.peek(pid) !== 'alive'); // no descriptor is free for /proc
      meddle.setSoftNofile(limit);
      const code = await codeOf(child);
      const targets = openDescriptors();
      const ends = [...targets.values()].filter((target) => target === targets.get(read)).length;
      for (let i = 0; i < 20; i++) await codeOf(start(pipe));
      say({ code, ends });
    `);
    expect(result).to.deep.equal({ code: 7, ends: 1 });
  });

  it('does not outlive its parent', async () => {
    const node = startNode(
      `${prelude}
      const held = [await hold(pipe), await hold(pipe)];
      say(held.map(({ pid }) => pid));
      process.stdin.once('data', () => process.kill(process.pid, 'SIGKILL'));
    `,
      { env: always },
    );
    const pids = await node.value<number[]>();
    expect(pids.map((pid) => stateOf(pid))).to.deep.equal(['S', 'S']);
    node.write('end');
    expect((await node.ended).signal).to.equal('SIGKILL');
    await until('both are gone', () => pids.every((pid) => [undefined, 'Z', 'X'].includes(stateOf(pid))));
  });

  it('goes on after it was stopped', async () => {
    const result = await run(`
      const open = await quiet();
      const { child, pid } = await hold(pipe);
      process.kill(pid, 'SIGSTOP');
      await until('it is stopped', () => stateOf(pid) === 'T');
      const flat = await flatStarts(async () => { for (let i = 0; i < 5; i++) await codeOf(start(pipe)); });
      process.kill(pid, 'SIGCONT');
      const code = await codeOf(child);
      const left = (await quiet()) - open;
      say({ flat, code, left, reserve: reservedNumbers().length });
    `);
    expect(result).to.deep.equal({ flat: 5, code: 7, left: 0, reserve: SLOTS });
  });

  it('has what was open when it was started, not what the parent opens since', async () => {
    const result = await run(
      `
      // 3 to 5 are the report pipe and the pidfd of a start by now
      for (const fd of [3, 4, 5, 6]) closeSync(fd);
      const fds = [null, writeFd, null, null, null, null, null, 6];
      tables.holdNext(1);
      const begun = posixSpawn(probePath, argv, { cloexecDefault: true, fds });
      const opened = [openSync('/dev/zero', 'r'), openSync('/dev/zero', 'r'), openSync('/dev/zero', 'r'), openSync('/dev/zero', 'r')];
      // It may be held, or plain, and so beyond the reach of its parent.
      let failure;
      const failed = failureOf(begun).then((result) => { failure = result; });
      const pids = await until('it is held or has failed', () => failure ? 'failed' : tables.heldStarts().length > 0 && tables.heldStarts());
      if (pids !== 'failed') tables.letGo(pids[0]);
      await failed;
      say({ opened: opened.includes(6), failure });
    `,
      { launcher: fdRun('3-6') },
    );
    expect(result).to.deep.equal({ opened: true, failure: ['EBADF', 'dup2', null, null] });
  });

  it('is one of so many that the reserve is lent out: the next ones are plain, and right', async () => {
    const result = await run(`
      const open = await quiet();
      const held = [];
      // two sources and the report pipe of each; the last number of the reserve is never lent
      for (let i = 0; i < ${FULL}; i++) held.push(await hold(pipe));
      held.push(await hold({ fds: [] }));
      const lent = ${SLOTS} - reservedNumbers().length;
      const codes = [];
      const flat = await flatStarts(async () => { for (let i = 0; i < 5; i++) codes.push(await codeOf(start(pipe))); });
      const seen = (await askProbe({ cloexecDefault: true, fds: [readFd, writeFd, readFd] })).fds.map(({ fd, ino }) => [fd, ino]);
      const { ino } = fstatSync(readFd);
      for (const { pid } of held.slice(0, 2)) tables.letGo(pid);
      for (const { pid } of held.slice(2)) process.kill(pid, 'SIGKILL');
      const ends = await Promise.all(held.map(({ child }, index) => (index < 2 ? codeOf(child) : failureOf(child))));
      const after = await flatStarts(async () => { for (let i = 0; i < 5; i++) await codeOf(start(pipe)); });
      const left = (await quiet()) - open;
      say({ lent, codes, flat, same: seen.every(([, seenIno]) => seenIno === ino), count: seen.length, ends, after, left,
        reserve: reservedNumbers().length });
    `);
    const died = ['ERR_CHILD_DIED', 'table', 'SIGKILL', null];
    expect(result).to.deep.equal({
      lent: SLOTS - 1,
      codes: Array(5).fill(7),
      flat: 0,
      same: true,
      count: 3,
      ends: [7, 7, ...Array(FULL - 1).fill(died)],
      after: 5,
      left: 0,
      reserve: SLOTS,
    });
  });

  it('keeps nothing of other children open, and nothing of the parent that this closes', async () => {
    const result = await run(`
      const [otherRead, otherWrite] = openPipe();
      const { child, pid } = await hold(pipe);
      // The table is one: what the parent closes is closed. What was lent to the held one is its own.
      const code = await codeOf(posixSpawn(probePath, probeArgv('write-fd', 1, 'text'), { cloexecDefault: true, fds: [0, otherWrite] }));
      closeSync(otherWrite);
      const text = readFileSync(otherRead, 'latin1'); // blocks until the last writer is gone
      tables.letGo(pid);
      say({ code, text, held: await codeOf(child) });
    `);
    expect(result).to.deep.equal({ code: 0, text: 'text', held: 7 });
  });

  it('is killed by a filter: each time, and each time said', async () => {
    const result = await run(
      `
      const open = await quiet();
      meddle.installSeccomp('close_range=KILL', false);
      const failures = [];
      for (let i = 0; i < 10; i++) {
        failures.push(await failureOf(posixSpawn(probePath, argv, { cloexecDefault: true, ...pipe })));
        failures.push(await failureOf((async () => start(pipe))()));
      }
      await until('nothing is left', () => openDescriptors().size === open && childrenOf().length === 0);
      const plain = await codeOf(posixSpawn(probePath, argv));
      say({ failures, plain, reserve: reservedNumbers().length, flat: features().flat });
    `,
    );
    const died = ['ERR_CHILD_DIED', 'table', 'SIGSYS', null];
    expect(result).to.deep.equal({ failures: Array(20).fill(died), plain: 7, reserve: SLOTS, flat: 21 });
  });
});

describe('a stranger in the process', () => {
  before(function () {
    needLinux(this, 5, 9);
  });

  // Node's own must stay, or it ends: what it and the watcher wait on, and what the runner talks through.
  const stranger = `
    const close = (spare) => {
      for (const fd of [...openDescriptors().keys(), ...reservedNumbers()])
        if (fd > 2 && !spare.has(fd)) closeSync(fd);
    };
    const open = () => Array.from({ length: 40 }, (_, index) =>
      openSync(['/dev/null', file, '/dev/zero', file][index % 4], 'r+'));
    const file = tempPath('file');
    writeFileSync(file, 'text');
    const identities = (fds) => fds.map((fd) => {
      try {
        const { dev, ino, rdev } = fstatSync(fd);
        return [fd, dev, ino, rdev].join();
      } catch ({ code }) { return fd + ' ' + code; }
    });
    const spare = new Set(openDescriptors().keys());
  `;

  it('who closes the reserve and opens files meets none of them replaced or closed', async () => {
    const result = await run(`
      ${stranger}
      const wrong = [];
      const codes = [];
      close(spare);
      const fds = open();
      const before = identities(fds);
      const flat = await flatStarts(async () => {
        for (let i = 0; i < 20; i++) {
          codes.push(await codeOf(start(pipe)));
          codes.push(await codeOf(posixSpawn(probePath, argv, { cloexecDefault: true, ...pipe })));
          codes.push(await codeOf(start({ fds: [fds[i % 2], fds[1], fds[0]] })));
        }
      });
      const after = identities(fds);
      after.forEach((identity, index) => { if (identity !== before[index]) wrong.push(identity); });
      say({ codes, wrong, flat: flat > 0 });
    `);
    expect(result).to.deep.equal({ codes: Array(60).fill(7), wrong: [], flat: true });
  });

  it('who closes all of the reserve but its last number: a new one is taken, and nothing stays of the old', async () => {
    const result = await run(`
      const old = reservedNumbers();
      old.slice(0, -1).forEach((fd) => closeSync(fd));
      for (let i = 0; i < 40; i++) await codeOf(start(pipe));
      const left = reservedNumbers();
      const flat = await flatStarts(async () => { for (let i = 0; i < 20; i++) await codeOf(start(pipe)); });
      say({ flat, reserve: reservedNumbers().length, same: left.join() === reservedNumbers().join() });
    `);
    expect(result).to.deep.equal({ flat: 20, reserve: SLOTS, same: true });
  });

  it('who does so while a start is held, neither', async () => {
    const result = await run<Record<string, unknown>>(`
      ${stranger}
      const held = [await hold(pipe), await hold(pipe), await hold({ fds: [readFd] })];
      // what these starts have of their own: the parent's ends of their report pipes, and their pidfds
      for (const [fd, target] of openDescriptors()) if (/pidfd/.test(target)) spare.add(fd);
      for (const [fd, target] of openDescriptors()) if (fd > listener && /^pipe:/.test(target)) spare.add(fd);
      close(spare);
      const fds = open();
      const size = statSync(file).size;
      const before = identities(fds);
      const codes = [];
      for (let i = 0; i < 5; i++) codes.push(await codeOf(start(pipe)));
      tables.letGo(held[0].pid);
      process.kill(held[1].pid, 'SIGKILL');
      tables.letGo(held[2].pid);
      await until('all have ended', () => held.every(({ pid }) => isGone(pid) || stateOf(pid) === 'Z'));
      for (let i = 0; i < 5; i++) codes.push(await codeOf(start(pipe)));
      for (let i = 0; i < 5; i++) codes.push(await codeOf(posixSpawn(probePath, argv, { cloexecDefault: true, ...pipe })));
      const after = identities(fds);
      say({ codes, wrong: after.filter((identity, index) => identity !== before[index]), size: statSync(file).size - size });
    `);
    expect(result).to.deep.equal({ codes: Array(15).fill(7), wrong: [], size: 0 });
  });

  it('who closes the reserve, and opens the device that was lent to a start on that very number, keeps it', async () => {
    const result = await run(`
      ${stranger}
      const device = openSync('/dev/full', 'r+');
      spare.add(device);
      const { child, pid } = await hold({ fds: [device] });
      const targets = openDescriptors();
      const lent = [...targets.keys()].filter((fd) => !spare.has(fd) && targets.get(fd) === targets.get(device));
      for (const [fd, target] of targets) if (/pidfd/.test(target)) spare.add(fd);
      for (const [fd, target] of targets) if (fd > listener && /^pipe:/.test(target)) spare.add(fd);
      close(spare);
      for (const fd of lent) meddle.dup2(device, fd);
      const before = identities(lent);
      tables.letGo(pid);
      await child.then(({ exited }) => exited, () => {});
      for (let i = 0; i < 5; i++) await codeOf(start(pipe));
      say({ lent: lent.length, same: identities(lent).join() === before.join() });
    `);
    expect(result).to.deep.equal({ lent: 1, same: true });
  });

  // Between the clone and the moment that the child has a table of its own, what was lent to it stands in this one.
  const takeLent = `
    const high = meddle.dup2(readFd, 500);
    const free = reservedNumbers();
    const { child, pid } = await hold({ fds: [high] });
    const lent = free.filter((fd) => !reservedNumbers().includes(fd));
    const targets = openDescriptors();
    const source = lent.find((fd) => targets.get(fd) === targets.get(high));
    const report = lent.find((fd) => fd !== source);
    const zero = openSync('/dev/zero', 'r');
    const finish = async (number) => {
      meddle.dup2(zero, number);
      tables.letGo(pid);
      const failure = await failureOf(child);
      say({ lent: lent.length, failure, kept: openDescriptors().get(number) });
    };
  `;

  it('who opens a file of his own on a number that was lent keeps it, and the start fails rather than take it', async () => {
    const result = await run(`${takeLent} await finish(source);`);
    expect(result).to.deep.equal({ lent: 2, failure: ['EBADF', 'dup2', null, null], kept: '/dev/zero' });
  });

  it('who does so on the number of the report pipe gets no report into it', async () => {
    const result = await run(`${takeLent} await finish(report);`);
    expect(result).to.deep.equal({
      lent: 2,
      failure: ['ERR_CHILD_DIED', 'table', null, 127],
      kept: '/dev/zero',
    });
  });
});

function run<T = unknown>(script: string, options: RunOptions = {}): Promise<T> {
  return runNodeForValue<T>(prelude + script, {
    env: { FORKLESS_FLAT: 'always' },
    deadlineMs: 15_000,
    ...options,
  });
}
