// The program of flat-plans.test.ts: random plans, in a process whose descriptors are the same whether or not the engine
// has a reserve. Arguments: first seed, number of plans, the reserve's numbers of the other process (none: this is the
// one that has it). Says the numbers, how many starts were flat, and the outcome of each.
import { closeSync, mkdirSync, openSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import type { FileActions, PosixSpawnOptions } from 'forkless';
import type { Random } from '../plan/assign-model.js';
import type { ProbeReport, Start } from '../support/probe.js';

export interface PlansResult {
  readonly reserve: number[];
  readonly free: number[];
  readonly flat: number;
  readonly outcomes: string[];
}

const SOFT_LIMIT = 2000;
/** Open from the start, on /dev/null. */
const LOW = [3, 4, 5];
const [seed = 0, count = 0, ...reserve] = process.argv.slice(2).map(Number);

// Where the reserve is not to be, its numbers are taken all the same while everything else gets its own.
for (const fd of reserve) holdNumber(fd);
const forkless = await import('forkless');
const { meddle } = await import('../support/meddle.js');
const { probeArgv, probePath } = await import('../support/probe.js');
const { lowestFree } = await import('../support/descriptor-table.js');
const { SLOTS } = await import('./flat-crowd.js');
const { reservedNumbers } = await import('../support/proc.js');
const { makeFifo, tempPath } = await import('../support/temp.js');
const { seededRandom } = await import('../plan/assign-model.js');

const folder = tempPath('folder');
const file = tempPath('file');
const fifo = makeFifo();
mkdirSync(folder);
writeFileSync(file, 'some text');
const argv = probeArgv('exit', 0);
await (await forkless.posixSpawn(probePath, argv)).exited;

const sources = openSources();
const names = new Map(
  [0, 1, 2, ...sources].map((fd) => [readlinkSync(`/proc/self/fd/${fd}`), `the file of ${fd}`]),
);
for (const fd of reserve) closeSync(fd);
const slots = reserve.length > 0 ? reserve : reservedNumbers();
// Free in both, but where the report pipe and the pidfd of a start stand.
const free = [
  ...LOW,
  ...lowestFree(SLOTS + 6)
    .filter((fd) => !slots.includes(fd))
    .slice(0, 6),
  900,
  1500,
];
meddle.setSoftNofile(SOFT_LIMIT);

const outcomes: string[] = [];
for (let index = 0; index < count; index++) {
  // The second half of the starts have their report pipe and pidfd below the reserve.
  if (2 * index === count) for (const fd of LOW) closeSync(fd);
  outcomes.push(await run(seededRandom(seed + index)));
}
// Numbers that the engine itself has while it starts: to a plan they are closed.
for (const fd of [...slots, ...free])
  for (const start of [forkless.posixSpawn, forkless.posixSpawnSync])
    for (const options of waysToRead(fd))
      outcomes.push(`${JSON.stringify(options.fds ?? fd)}: ${await outcomeOf(start, probePath, options)}`);
const result: PlansResult = { reserve: slots, free, flat: forkless.features().flat, outcomes };
console.log(JSON.stringify(result));

function holdNumber(fd: number): void {
  const opened = openSync('/dev/null', 'r');
  if (opened < fd) holdNumber(fd);
  if (opened < fd) closeSync(opened);
  if (opened > fd) throw new Error(`${fd} is not free`);
}

/** Of every kind, low and high, at and above the limit that is set later; the same numbers in both processes. */
function openSources(): number[] {
  const [pipeRead, pipeWrite] = forkless.openPipe();
  const [socket, otherSocket] = forkless.openSocketPair();
  const [master, terminal] = meddle.openPty();
  const opened: [at: readonly number[], fd: number][] = [
    [[74, 1201], pipeRead],
    [[75, 1202], pipeWrite],
    [[76, 1203, SOFT_LIMIT, SOFT_LIMIT + 1], socket],
    [[77], otherSocket],
    [[78, 1204], openSync('/dev/null', 'r+')],
    [[79, 1205, SOFT_LIMIT + 2], openSync('/dev/zero', 'r')],
    [[80, SOFT_LIMIT - 1], openSync('/dev/full', 'r+')],
    [[81], master],
    [[82, 1206], terminal],
    [[83, 1207], openSync(file, 'r+')],
    [[84, 1208], openSync(folder, 'r')],
    [[85], openSync(fifo, 'r+')],
  ];
  for (const [numbers, fd] of opened) {
    for (const number of numbers) {
      meddle.dup2(fd, number);
      forkless.setCloexec(number, number % 2 === 0);
    }
    closeSync(fd);
  }
  return opened.flatMap(([numbers]) => numbers);
}

function run(random: Random): Promise<string> {
  const path = random(12) === 0 ? '/no/such/program' : probePath;
  return outcomeOf(
    random(2) === 0 ? forkless.posixSpawn : forkless.posixSpawnSync,
    path,
    randomOptions(random),
  );
}

function waysToRead(fd: number): PosixSpawnOptions[] {
  const actions = () => new forkless.FileActions();
  return [
    { fds: [0, 1, fd] },
    { fileActions: actions().addDup2(fd, 7) },
    { fileActions: actions().addDup2(fd, fd) },
    { fileActions: actions().addInherit(fd) },
    // the report pipe can move to no number above these, and so goes to the lowest that is free: 3
    {
      fds: [0, 1, 2],
      fileActions: actions()
        .addDup2(fd, 4)
        .addInherit(SOFT_LIMIT - 1),
    },
    { fileActions: actions().addDup2(80, fd).addDup2(fd, 7) },
    { fileActions: actions().addDup2(1206, 7).addFchdir(fd) },
    { fileActions: actions().addDup2(1206, 7).addTcsetpgrp(fd) },
  ].map((options) => ({ cloexecDefault: true, ...options }));
}

async function outcomeOf(start: Start, path: string, options: PosixSpawnOptions): Promise<string> {
  const report = tempPath('report');
  try {
    const child = await start(path, probeArgv('report-to', report), options);
    const { code, signal } = await child.exited;
    return code === 0 ? portray(JSON.parse(readFileSync(report, 'latin1'))) : `ended with ${signal ?? code}`;
  } catch (error) {
    if (!(error instanceof forkless.SpawnError)) throw error;
    return `${error.code} at ${error.step} ${error.actionIndex ?? ''} ${error.fd ?? ''}`;
  }
}

function portray({ fds, cwd, sid, pid, umask }: ProbeReport): string {
  const table = fds.map(({ fd, target, cloexec, offset, flags }) => {
    const name = names.get(target) ?? target.replace(/\/forkless-[^/]*/, '');
    return `${fd} ${name} ${flags} ${offset}${cloexec ? ' close-on-exec' : ''}`;
  });
  return [...table, cwd.replace(/\/forkless-[^/]*/, ''), sid === pid, umask].join('\n');
}

function randomOptions(random: Random): PosixSpawnOptions {
  const kind = random(3);
  return {
    cloexecDefault: true,
    ...(random(6) === 0 && { setsid: true, umask: 0o27 }),
    ...(kind !== 0 && { fds: randomFds(random) }),
    ...(kind !== 1 && { fileActions: randomActions(random) }),
  };
}

function randomFds(random: Random): (number | null)[] {
  const length = random(3) === 0 ? 1 + random(90) : 1 + random(8);
  // one number for many, so that the reserve is large enough
  const few = Array.from({ length: 1 + random(5) }, () => randomSource(random));
  return Array.from({ length }, (_, slot) => {
    const chance = random(10);
    if (chance === 0) return null;
    if (chance === 1 && slot <= 2) return slot;
    return few[random(few.length)] as number;
  });
}

/** Mostly what is open, and no regular file, which is not brought into the reserve. */
function randomSource(random: Random): number {
  const chance = random(40);
  if (chance === 0) return pick(random, slots);
  if (chance <= 2) return pick(random, free);
  if (chance === 3) return pick(random, [83, 1207, 84, 1208]);
  if (chance === 4) return SOFT_LIMIT + random(3);
  if (chance < 8) return random(3);
  return pick(random, [
    74,
    75,
    76,
    77,
    78,
    79,
    80,
    81,
    82,
    85,
    1201,
    1202,
    1203,
    1204,
    1205,
    1206,
    SOFT_LIMIT - 1,
  ]);
}

function randomTarget(random: Random): number {
  const chance = random(8);
  if (chance < 2) return pick(random, slots);
  if (chance === 2)
    return pick(
      random,
      sources.filter((fd) => fd < SOFT_LIMIT),
    );
  if (chance === 3) return pick(random, free);
  return random(90);
}

function randomActions(random: Random): FileActions {
  const actions = new forkless.FileActions();
  const length = 1 + random(8);
  const source = randomSource(random);
  for (let index = 0; index < length; index++) {
    const fd = randomTarget(random);
    switch (random(12)) {
      case 0:
        actions.addOpen(fd, random(8) === 0 ? '/no/such/file' : '/dev/random', 'r');
        break;
      case 1:
        actions.addClose(fd);
        break;
      case 2:
        // twice around a target
        actions.addDup2(source, fd).addDup2(source, randomTarget(random)).addDup2(fd, randomTarget(random));
        break;
      case 3:
        actions.addInherit(randomSource(random));
        break;
      case 4:
        actions.addChdir(random(4) === 0 ? '/no/such/folder' : folder);
        break;
      case 5:
        if (random(4) === 0) actions.addFchdir(pick(random, [84, 1208, 78]));
        break;
      case 6:
        if (random(3) === 0) actions.addClosefrom(fd);
        break;
      case 7:
        if (random(4) === 0) actions.addTcsetpgrp(pick(random, [82, 1206, 78]));
        break;
      default:
        actions.addDup2(randomSource(random), fd);
    }
  }
  return actions;
}

function pick<T>(random: Random, list: readonly T[]): T {
  return list[random(list.length)] as T;
}
