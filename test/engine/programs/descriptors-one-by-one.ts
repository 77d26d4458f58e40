// For descriptors-one-by-one.test.ts: which descriptors a child has, by each door, where close_range is missing.
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { PosixSpawnOptions } from 'forkless';
import { FileActions, openPipe, posixSpawn, posixSpawnSync, setCloexec } from 'forkless';
import { spawn, spawnSync } from 'forkless/child_process';
import { readParameters } from '../../support/in-program.js';
import { withProc } from '../../support/launchers.js';
import { meddle } from '../../support/meddle.js';
import type { ProbeReport, Start } from '../../support/probe.js';
import { probeArgv, probePath } from '../../support/probe.js';
import { runScenario } from '../../support/scenarios.js';

/** The numbers that the child has, or the error of its start: code, step, system call. */
type Numbers = (number | string)[];

/** `fds`: the numbers that are inheritable here. `rules`: a filter for `meddle.installSeccomp`. */
const { fds = [], rules = '' } = readParameters<{ fds?: number[]; rules?: string }>();
const zero = openSync('/dev/zero', 'r');

/** The probe asks /proc for what is open: where there is none, it needs help. */
let reveal = withProc;

// One of them may be the number of /dev/zero itself.
function makeInheritable(...numbers: readonly number[]): void {
  for (const fd of numbers) {
    if (fd === zero) setCloexec(fd, false);
    else meddle.dup2(zero, fd);
  }
}

function command(): string[] {
  return reveal(probePath, ...probeArgv('report').slice(1));
}

function numbersIn(text: string): number[] {
  const { fds: found }: ProbeReport = JSON.parse(text);
  return found.map(({ fd }) => fd);
}

async function numbersOf(start: Start, options: (writeFd: number) => PosixSpawnOptions): Promise<Numbers> {
  const [readFd, writeFd] = openPipe();
  try {
    const child = await start('/usr/bin/env', ['env', ...command()], options(writeFd));
    closeSync(writeFd);
    const text = readFileSync(readFd, 'utf8');
    await child.exited;
    return numbersIn(text);
  } catch (error) {
    closeSync(writeFd);
    const { code, step, syscall } = error as { code: string; step: string; syscall: string };
    return [code, step, syscall];
  } finally {
    closeSync(readFd);
  }
}

function ofSpawnSync(): Numbers {
  const [file = '', ...args] = command();
  const { error, stdout } = spawnSync(file, args, { encoding: 'utf8' });
  return error === undefined ? numbersIn(stdout) : fieldsOf(error);
}

async function ofSpawn(): Promise<Numbers> {
  const [file = '', ...args] = command();
  try {
    const child = spawn(file, args);
    let text = '';
    for await (const data of child.stdout.setEncoding('utf8')) text += data;
    return numbersIn(text);
  } catch (error) {
    return fieldsOf(error);
  }
}

function fieldsOf(error: unknown): Numbers {
  const { code, cause } = error as { code: string; cause: { step: string; syscall: string } };
  return [code, cause.step, cause.syscall];
}

function named(writeFd: number): PosixSpawnOptions {
  return { cloexecDefault: true, fds: [null, writeFd, null] };
}

function closing(low: number): (writeFd: number) => PosixSpawnOptions {
  return (writeFd) => ({ fileActions: new FileActions().addDup2(writeFd, 1).addClosefrom(low) });
}

async function byAllDoors(): Promise<Record<string, Numbers>> {
  return {
    posixSpawn: await numbersOf(posixSpawn, named),
    posixSpawnSync: await numbersOf(posixSpawnSync, named),
    spawn: await ofSpawn(),
    spawnSync: ofSpawnSync(),
    closefrom: await numbersOf(posixSpawn, closing(3)),
  };
}

await runScenario({
  async all() {
    makeInheritable(...fds);
    return byAllDoors();
  },

  async overQuietPipes() {
    const [quiet] = openPipe();
    for (let fd = 64; fd < 19_000; fd *= 2) meddle.dup2(quiet, fd);
    makeInheritable(...fds);
    return byAllDoors();
  },

  async closefrom65() {
    makeInheritable(...fds);
    return numbersOf(posixSpawn, closing(65));
  },

  async procGoesLater() {
    reveal = (...words) => [...words];
    const first = await byAllDoors();
    makeInheritable(...fds);
    execFileSync('mount', ['-t', 'tmpfs', 'none', '/proc']);
    reveal = withProc;
    const without = await byAllDoors();
    meddle.installSeccomp(rules, false);
    return { first, without, refused: await byAllDoors() };
  },

  async otherFolder() {
    makeInheritable(...fds);
    execFileSync('mkdir', ['-p', '/proc/self/fd/40']);
    return byAllDoors();
  },

  async loweredLimit() {
    makeInheritable(...fds);
    meddle.setSoftNofile(64);
    return byAllDoors();
  },

  async noDirectoryReadable() {
    makeInheritable(...fds);
    meddle.installSeccomp(rules, false);
    const script = `for fd in ${fds.join(' ')}; do [ -e /proc/self/fd/$fd ] && echo $fd; done; echo end`;
    return spawnSync(script, { shell: true, encoding: 'utf8' }).stdout;
  },

  async tooMany() {
    const high = fds.at(-1) ?? -1;
    makeInheritable(...fds);
    const first = await byAllDoors();
    meddle.setSoftNofile(1024);
    const limited = await byAllDoors();
    closeSync(high);
    return { first, limited, after: await byAllDoors() };
  },
});
