// What a program does with descriptors right after `spawn`: with those it has named, with the pipes, with its limits.
import type { ChildProcess, StdioOptions } from 'node:child_process';
import { closeSync, constants, fstatSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { readParameters } from '../../support/in-program.js';
import { meddle } from '../../support/meddle.js';
import { makeFifo, tempPath } from '../../support/temp.js';
import { cp } from './door.js';
import type { GatePoint } from './gate.js';
import { letGo, startHeld, startSlow } from './gate.js';
import { type Story, storyOf, tellAll } from './story.js';

const { point } = readParameters<{ point: GatePoint }>();

/** `where`: not in the shared table whatever is named, a regular file for example. */
async function after(
  start: () => ChildProcess,
  act: (child: ChildProcess) => void,
  where = point,
): Promise<Story> {
  const child = startHeld(start, 1, where);
  const story = storyOf(child);
  act(child);
  letGo();
  return story;
}

/** What is in a FIFO, a regular file or an empty string by now. */
function contentOf(fd: number, path: string): string {
  if (!fstatSync(fd).isFIFO()) return readFileSync(path, 'latin1');
  const buffer = Buffer.alloc(1000);
  try {
    return buffer.toString('latin1', 0, readSync(fd, buffer));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EAGAIN' ? '' : String(error);
  }
}

const { O_CREAT, O_NONBLOCK, O_RDWR } = constants;

/** A shell that writes to `fd`, which is the file; after the start that number is what `reuse` makes of it. */
async function writing(fd: number, path = makeFifo(), reuse?: (fd: number) => void): Promise<unknown> {
  const opened = openSync(path, O_RDWR | O_NONBLOCK | O_CREAT);
  const kept = openSync(path, O_RDWR | O_NONBLOCK);
  const isFifo = fstatSync(kept).isFIFO();
  const stdio: StdioOptions = ['ignore', 'pipe', 'pipe'];
  while (stdio.length < fd) stdio.push('ignore');
  stdio[fd] = opened;
  const story = await after(
    () => cp.spawn('/bin/sh', ['-c', `echo text >&${fd}`], { stdio }),
    () => {
      closeSync(opened);
      reuse?.(opened);
    },
    isFifo ? point : 'any',
  );
  const file = contentOf(kept, path);
  closeSync(kept);
  return { story, file };
}

/** Opens another file on the same number. Returns what is in it in the end. */
async function reusing(fd: number, makePath: () => string = makeFifo): Promise<unknown> {
  const path = makePath();
  let same: boolean | undefined;
  let other = -1;
  const told = await writing(fd, makePath(), (number) => {
    other = openSync(path, O_RDWR | O_NONBLOCK | O_CREAT);
    same = other === number;
  });
  const wrong = contentOf(other, path);
  closeSync(other);
  return { told, same, other: wrong };
}

function thrownBy(start: () => unknown): string {
  try {
    start();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing';
}

// The first start of all never shares the table.
cp.spawnSync('/bin/true');

await tellAll({
  'the pipe of stdout is closed': () => writing(1),
  'the pipe of stdout is closed and its number reused': () => reusing(1),
  'the pipe of 3 is closed and its number reused': () => reusing(3),
  'the pipe of 9 is closed and its number reused': () => reusing(9),
  'the file of stdout is closed': () => writing(1, tempPath()),
  'the file of stdout is closed and its number reused': () => reusing(1, tempPath),
  'the file of 9 is closed and its number reused': () => reusing(9, tempPath),
  'many files are closed and their numbers reused': async () => {
    const path = tempPath('right');
    const fds = Array.from({ length: 30 }, () => openSync(path, 'a'));
    const script = fds.map((_, at) => `echo ${at} >&$((${at} + 3))`).join('\n');
    const others: number[] = [];
    const story = await after(
      () => cp.spawn('/bin/bash', ['-c', script], { stdio: ['ignore', 'pipe', 'pipe', ...fds] }),
      () => {
        for (const fd of fds) closeSync(fd);
        for (const _ of fds) others.push(openSync('/dev/full', 'w'));
      },
      'any',
    );
    for (const fd of others) closeSync(fd);
    return { story, lines: readFileSync(path, 'latin1').split('\n').length };
  },
  'the parent closes 0, and opens something there': async () => {
    const path = makeFifo();
    const writer = openSync(path, O_RDWR | O_NONBLOCK);
    const reader = openSync(path, 'r');
    writeSync(writer, 'right\n');
    meddle.dup2(reader, 0);
    closeSync(reader);
    closeSync(writer);
    const story = await after(
      () => cp.spawn('/bin/cat', { stdio: ['inherit', 'pipe', 'pipe'] }),
      () => {
        closeSync(0);
        openSync('/dev/zero', 'r');
      },
    );
    return story;
  },
  'a number of stdio is closed': () => {
    const fd = meddle.dup2(0, 700);
    cp.spawn('/bin/true', { stdio: [fd, 'ignore', 'ignore'] });
    closeSync(fd);
    return [
      thrownBy(() => cp.spawn('/bin/cat', { stdio: [fd, 'ignore', 'ignore'] })),
      thrownBy(() => cp.spawn('/bin/cat', { stdio: ['ignore', 'ignore', 'ignore', 1_000_000] })),
    ];
  },
  'its stdin is written': async () =>
    after(
      () => cp.spawn('/bin/cat'),
      (child) => child.stdin?.end('text'),
    ),
  'its stdin is ended': async () =>
    after(
      () => cp.spawn('/bin/cat'),
      (child) => child.stdin?.end(),
    ),
  'its stdin is destroyed': async () =>
    after(
      () => cp.spawn('/bin/cat'),
      (child) => child.stdin?.destroy(),
    ),
  'its stdin is written with a megabyte': async () => {
    const story = await after(
      () => cp.spawn('/bin/cat'),
      (child) => child.stdin?.end('x'.repeat(1_000_000)),
    );
    return { ...story, stdout: story.stdout.length };
  },
  'its stdout is destroyed': async () =>
    after(
      () => cp.spawn('/bin/sh', ['-c', 'exec yes'], { stdio: ['ignore', 'pipe', 'ignore'] }),
      (child) => child.stdout?.destroy(),
    ),
  'another is started and waited for': async () => {
    const said: string[] = [];
    const story = await after(
      () => cp.spawn('/bin/cat'),
      (child) => {
        said.push(cp.spawnSync('/bin/echo', ['text'], { encoding: 'utf8' }).stdout);
        said.push(cp.execFileSync('/bin/cat', { input: 'input', encoding: 'utf8' }));
        child.stdin?.end('right');
      },
    );
    return { story, said };
  },
  'fifty are started': async () => {
    const children = startHeld(
      () => Array.from({ length: 50 }, (_, at) => cp.spawn('/bin/sh', ['-c', `echo ${at}`])),
      50,
      'any',
    );
    const stories = Promise.all(children.map((child) => storyOf(child)));
    letGo();
    return (await stories).map(({ events, stdout }) => `${events} ${stdout}`);
  },
  'no descriptor is free': async () => {
    const limit = meddle.setSoftNofile(1024);
    const opened: number[] = [];
    const story = await after(
      () => cp.spawn('/bin/cat'),
      (child) => {
        meddle.setSoftNofile(lowestFree() + 2);
        thrownBy(() => {
          for (;;) opened.push(openSync('/dev/null', 'r'));
        });
        for (let count = 0; count < 4; count++) {
          const { error, status } = cp.spawnSync('/bin/true');
          if (status === 0) throw new Error('not full');
          if (!['EMFILE', 'ENFILE'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
        }
        for (const fd of opened) closeSync(fd);
        child.stdin?.end('right');
      },
    );
    meddle.setSoftNofile(limit);
    return story;
  },
  // A machine may be too slow for one round, but not for each.
  'few descriptors are free': async () => {
    let most = 0;
    for (let round = 0; round < 5 && most < 3; round++) most = Math.max(most, await startWithFew());
    return most;
  },
});

/** Enough for the pidfds of three children and for one start at a time. Returns how many of three could be started. */
async function startWithFew(): Promise<number> {
  const opened: number[] = [];
  const limit = meddle.setSoftNofile(lowestFree() + 200);
  thrownBy(() => {
    for (;;) opened.push(openSync('/dev/null', 'r'));
  });
  for (const fd of opened.splice(-5)) closeSync(fd);
  const children = [startSlow(startQuiet), startQuiet(), startQuiet()];
  for (const fd of opened) closeSync(fd);
  meddle.setSoftNofile(limit);
  await Promise.all(children.map((child) => storyOf(child)));
  return children.filter(({ pid }) => pid !== undefined).length;
}

function startQuiet(): ChildProcess {
  return cp.spawn('/bin/true', { stdio: 'ignore' });
}

function lowestFree(): number {
  const fd = openSync('/dev/null', 'r');
  closeSync(fd);
  return fd;
}
