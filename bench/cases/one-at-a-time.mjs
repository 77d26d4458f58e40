// One after the other, from the call to the exit: ours and a C loop of posix_spawn and waitpid, in turns.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { timeChildProcess, timeForkless, warmUp } from '../support/true.mjs';

/** In blocks, because the C loop is a process of its own. node:child_process comes last: its forks slow us down. */
export default async function oneAtATime({ rounds, block, loop }) {
  await warmUp();
  const ours = [];
  const inC = [];
  for (let round = 0; round < rounds; round++) {
    inC.push(await runLoop(loop, block));
    ours.push(await inTurn(timeForkless, block));
  }
  const theirs = await inTurn(timeChildProcess, rounds * 20);
  return {
    execed: ours.map((times) => times.map((time) => time.execed)),
    forkless: ours.map((times) => times.map((time) => time.exited)),
    c: inC,
    childProcess: [theirs.map((time) => time.exited)],
  };
}

async function runLoop(loop, count) {
  const { stdout } = await promisify(execFile)(loop, [String(count)], { timeout: 60_000 });
  return stdout.trim().split('\n').map(Number);
}

async function inTurn(time, count) {
  const times = [];
  for (let index = 0; index < count; index++) times.push(await time());
  return times;
}
