// For flat-held.test.ts: other code in the process closes and replaces what the engine has in the table.
import { closeSync, fstatSync, openSync, statSync, writeFileSync } from 'node:fs';
import { meddle } from '../../support/meddle.js';
import { isGone, openDescriptors, reservedNumbers, stateOf } from '../../support/proc.js';
import { runScenario } from '../../support/scenarios.js';
import { tempPath } from '../../support/temp.js';
import { until } from '../../support/until.js';
import { flatStarts } from '../flat-crowd.js';
import { tables } from '../flat-meddle.js';
import {
  codeOf,
  failureOf,
  flatOf,
  hold,
  listener,
  pipe,
  readFd,
  start,
  startAsync,
} from './flat-held-starts.js';

const file = tempPath('file');
writeFileSync(file, 'text');
// Node's own must stay, or it ends: what it and the watcher wait on, and what the test talks through.
const spare = new Set(openDescriptors().keys());

function closeAllButSpare(): void {
  for (const fd of [...openDescriptors().keys(), ...reservedNumbers()])
    if (fd > 2 && !spare.has(fd)) closeSync(fd);
}

/** What starts under way have of their own: the parent's ends of their report pipes, and their pidfds. */
function spareStarts(): void {
  for (const [fd, target] of openDescriptors()) {
    if (/pidfd/.test(target)) spare.add(fd);
    if (fd > listener && /^pipe:/.test(target)) spare.add(fd);
  }
}

function openMany(): number[] {
  const paths = ['/dev/null', file, '/dev/zero', file];
  return Array.from({ length: 40 }, (_, index) => openSync(paths[index % 4] ?? file, 'r+'));
}

function identities(fds: readonly number[]): string[] {
  return fds.map((fd) => {
    try {
      const { dev, ino, rdev } = fstatSync(fd);
      return [fd, dev, ino, rdev].join();
    } catch (error) {
      return `${fd} ${(error as NodeJS.ErrnoException).code}`;
    }
  });
}

/** A held start, the slots that it has borrowed, and a file of other code that comes to stand on such a number. */
async function replaceLent(which: 'source' | 'report'): Promise<object> {
  const high = meddle.dup2(readFd, 500);
  const free = reservedNumbers();
  const { child, pid } = await hold({ fds: [high] });
  const borrowed = free.filter((fd) => !reservedNumbers().includes(fd));
  const targets = openDescriptors();
  const source = borrowed.find((fd) => targets.get(fd) === targets.get(high)) ?? -1;
  const report = borrowed.find((fd) => fd !== source) ?? -1;
  const number = which === 'source' ? source : report;
  meddle.dup2(openSync('/dev/zero', 'r'), number);
  tables.letGo(pid);
  const failure = await failureOf(child);
  return { borrowed: borrowed.length, failure, kept: openDescriptors().get(number) };
}

await runScenario({
  async reserveClosed() {
    const codes: unknown[] = [];
    closeAllButSpare();
    const fds = openMany();
    const [zeroth = -1, first = -1] = fds;
    const before = identities(fds);
    const flat = await flatStarts(async () => {
      for (let i = 0; i < 20; i++) {
        codes.push(await codeOf(start(pipe)));
        codes.push(await codeOf(startAsync(pipe)));
        codes.push(await codeOf(start({ fds: [i % 2 ? first : zeroth, first, zeroth] })));
      }
    });
    const wrong = identities(fds).filter((identity, index) => identity !== before[index]);
    return { codes, wrong, flat: flat > 0 };
  },

  async allButLastClosed() {
    for (const fd of reservedNumbers().slice(0, -1)) closeSync(fd);
    for (let i = 0; i < 40; i++) await codeOf(start(pipe));
    const left = reservedNumbers();
    const flat = await flatOf(20, () => codeOf(start(pipe)));
    return { flat, reserve: reservedNumbers().length, same: left.join() === reservedNumbers().join() };
  },

  async closedWhileHeld() {
    const held = [await hold(pipe), await hold(pipe), await hold({ fds: [readFd] })] as const;
    spareStarts();
    closeAllButSpare();
    const fds = openMany();
    const { size } = statSync(file);
    const before = identities(fds);
    const codes: unknown[] = [];
    for (let i = 0; i < 5; i++) codes.push(await codeOf(start(pipe)));
    tables.letGo(held[0].pid);
    process.kill(held[1].pid, 'SIGKILL');
    tables.letGo(held[2].pid);
    await until('all have ended', () => held.every(({ pid }) => isGone(pid) || stateOf(pid) === 'Z'));
    for (let i = 0; i < 5; i++) codes.push(await codeOf(start(pipe)));
    for (let i = 0; i < 5; i++) codes.push(await codeOf(startAsync(pipe)));
    const wrong = identities(fds).filter((identity, index) => identity !== before[index]);
    return { codes, wrong, size: statSync(file).size - size };
  },

  async sameDeviceOnLentNumber() {
    const device = openSync('/dev/full', 'r+');
    spare.add(device);
    const { child, pid } = await hold({ fds: [device] });
    const targets = openDescriptors();
    const borrowed = [...targets.keys()].filter(
      (fd) => !spare.has(fd) && targets.get(fd) === targets.get(device),
    );
    spareStarts();
    closeAllButSpare();
    for (const fd of borrowed) meddle.dup2(device, fd);
    const before = identities(borrowed);
    tables.letGo(pid);
    await child.then(
      ({ exited }) => exited,
      () => {},
    );
    for (let i = 0; i < 5; i++) await codeOf(start(pipe));
    return { borrowed: borrowed.length, same: identities(borrowed).join() === before.join() };
  },

  fileOnLentSource: () => replaceLent('source'),

  fileOnLentReportPipe: () => replaceLent('report'),
});
