// For flat-held.test.ts: starts that are held before they leave the table of their parent, and what comes of them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { features, openPipe, posixSpawn } from 'forkless';
import { readParameters } from '../../support/in-program.js';
import { meddle } from '../../support/meddle.js';
import { helper } from '../../support/paths.js';
import { askProbe, probeArgv, probePath } from '../../support/probe.js';
import { childrenOf, isGone, openDescriptors, reservedNumbers, stateOf } from '../../support/proc.js';
import { runScenario } from '../../support/scenarios.js';
import { until } from '../../support/until.js';
import { flatStarts, SLOTS } from '../flat-crowd.js';
import { tables } from '../flat-meddle.js';
import type { Failure, Held } from './flat-held-starts.js';
import {
  borrowedNumbers,
  codeOf,
  failureOf,
  flatOf,
  hold,
  pipe,
  quiet,
  readFd,
  start,
  startAsync,
  writeFd,
} from './flat-held-starts.js';

const { full = 0 } = readParameters<{ full?: number }>();

/** A held start ends by `end`, after others were made; `before` comes as soon as it is held. */
async function death(
  before: (pid: number) => unknown,
  end: (pid: number) => unknown = (pid) => process.kill(pid, 'SIGKILL'),
): Promise<object> {
  const open = await quiet();
  const { child, pid } = await hold(pipe);
  await before(pid);
  const borrowed = borrowedNumbers();
  const flat = await flatOf(5, () => codeOf(start(pipe)));
  await end(pid);
  const failure = await failureOf(child);
  const left = (await quiet()) - open;
  return { borrowed, flat, failure, left, reserve: reservedNumbers().length };
}

async function stop(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  await until('it is stopped', () => stateOf(pid) === 'T');
}

/** Its tracer holds it back once it is dead: the slots that it has borrowed come back before it is reaped. */
async function tracedAndKilled(): Promise<object> {
  let letGo = async (): Promise<void> => {};
  return death(
    async (pid) => {
      const tracer = spawn(helper('trace-hold'), [String(pid)]);
      await once(tracer.stdout, 'data');
      letGo = async () => {
        tracer.stdin.end();
        await once(tracer, 'close');
      };
    },
    async (pid) => {
      process.kill(pid, 'SIGKILL');
      await until('it is dead', () => stateOf(pid) === 'Z');
      await codeOf(start(pipe));
      const whileDead = reservedNumbers().length;
      await letGo();
      if (whileDead !== SLOTS) throw new Error(`${whileDead} of the reserve`);
    },
  );
}

await runScenario({
  async notWaitedFor() {
    const open = await quiet();
    const { child, pid } = await hold(pipe);
    const borrowed = borrowedNumbers();
    let turns = 0;
    const counting = setInterval(() => turns++, 1);
    const codes: unknown[] = [];
    const flat = await flatStarts(async () => {
      for (let i = 0; i < 50; i++) codes.push(await codeOf(i % 2 ? start(pipe) : startAsync(pipe)));
    });
    clearInterval(counting);
    const state = stateOf(pid);
    tables.letGo(pid);
    const code = await codeOf(child);
    const left = (await quiet()) - open;
    return { borrowed, turns: turns > 0, codes, flat, state, code, left, reserve: reservedNumbers().length };
  },

  async first() {
    let longest = 0;
    const held = [];
    for (let i = 0; i < 3; i++) {
      tables.holdNext(1);
      const begin = performance.now();
      const child = startAsync(pipe);
      longest = Math.max(longest, performance.now() - begin);
      held.push(child);
      await until('it is held', () => tables.heldStarts().length > i);
    }
    for (const pid of tables.heldStarts()) tables.letGo(pid);
    const codes = [];
    for (const child of held) codes.push(await codeOf(child));
    await quiet();
    return { longest, codes, flat: features().flat, reserve: reservedNumbers().length };
  },

  killed: () => death(() => {}),

  stoppedAndKilled: () => death(stop),

  tracedAndKilled,

  async aborted() {
    const open = await quiet();
    const controller = new AbortController();
    const { child, pid } = await hold({ ...pipe, signal: controller.signal });
    controller.abort();
    const name = await child.catch((error) => error.name);
    const left = (await quiet()) - open;
    return { name, gone: isGone(pid), left, reserve: reservedNumbers().length };
  },

  async limitBelow() {
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
    return { code, ends };
  },

  async stoppedAndContinued() {
    const open = await quiet();
    const { child, pid } = await hold(pipe);
    await stop(pid);
    const flat = await flatOf(5, () => codeOf(start(pipe)));
    process.kill(pid, 'SIGCONT');
    const code = await codeOf(child);
    const left = (await quiet()) - open;
    return { flat, code, left, reserve: reservedNumbers().length };
  },

  async openedSince() {
    // 3 to 5 are the report pipe and the pidfd of a start by now
    for (const fd of [3, 4, 5, 6]) closeSync(fd);
    tables.holdNext(1);
    const begun = startAsync({ fds: [null, writeFd, null, null, null, null, null, 6] });
    const opened = [0, 1, 2, 3].map(() => openSync('/dev/zero', 'r'));
    // It may be held, or plain, and so beyond the reach of its parent.
    let failure: Failure | undefined;
    const failed = failureOf(begun).then((result) => {
      failure = result;
    });
    await until('it is held or has failed', () => failure ?? tables.heldStarts().length > 0);
    if (failure === undefined) for (const pid of tables.heldStarts()) tables.letGo(pid);
    await failed;
    return { opened: opened.includes(6), failure };
  },

  async allLent() {
    const open = await quiet();
    const held: Held[] = [];
    // two sources and the report pipe of each; the last number of the reserve is never borrowed
    for (let i = 0; i < full; i++) held.push(await hold(pipe));
    held.push(await hold({ fds: [] }));
    const borrowed = borrowedNumbers();
    const codes: unknown[] = [];
    const flat = await flatOf(5, async () => codes.push(await codeOf(start(pipe))));
    const { fds: seen } = await askProbe({ cloexecDefault: true, fds: [readFd, writeFd, readFd] });
    const { ino: pipeInode } = fstatSync(readFd);
    for (const { pid } of held.slice(0, 2)) tables.letGo(pid);
    for (const { pid } of held.slice(2)) process.kill(pid, 'SIGKILL');
    const ends = await Promise.all(
      held.map(({ child }, index) => (index < 2 ? codeOf(child) : failureOf(child))),
    );
    const after = await flatOf(5, () => codeOf(start(pipe)));
    const left = (await quiet()) - open;
    const same = seen.every(({ ino }) => ino === pipeInode);
    return {
      borrowed,
      codes,
      flat,
      same,
      count: seen.length,
      ends,
      after,
      left,
      reserve: reservedNumbers().length,
    };
  },

  async neighbourEnds() {
    const [otherRead, otherWrite] = openPipe();
    const { child, pid } = await hold(pipe);
    // The table is one: what the parent closes is closed. The slots that the held one has borrowed are its own.
    const options = { cloexecDefault: true, fds: [0, otherWrite] };
    const code = await codeOf(posixSpawn(probePath, probeArgv('write-fd', 1, 'text'), options));
    closeSync(otherWrite);
    const text = readFileSync(otherRead, 'latin1'); // blocks until the last writer is gone
    tables.letGo(pid);
    return { code, text, held: await codeOf(child) };
  },

  async killedByFilter() {
    const open = await quiet();
    meddle.installSeccomp('close_range=KILL', false);
    const failures = [];
    for (let i = 0; i < 10; i++) {
      failures.push(await failureOf(startAsync(pipe)));
      failures.push(await failureOf((async () => start(pipe))()));
    }
    await until('nothing is left', () => openDescriptors().size === open && childrenOf().length === 0);
    const plain = await codeOf(posixSpawn(probePath, probeArgv('exit', 7)));
    return { failures, plain, reserve: reservedNumbers().length, flat: features().flat };
  },

  async heldWhenParentDies() {
    const held = [await hold(pipe), await hold(pipe)];
    process.stdin.once('data', () => process.kill(process.pid, 'SIGKILL'));
    return held.map(({ pid }) => pid);
  },
});
