import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FileActions, posixSpawn } from 'forkless';
import { leftBehind, snapshot } from '../bench/support/process-state.mjs';
import { claim, code, table } from './show.mjs';

/** The open of a FIFO waits for a writer, before the program has begun; none ever comes. */
export async function cancelling(folder) {
  const fifo = path.join(folder, 'fifo');
  execFileSync('mkfifo', [fifo]);
  code(
    "posixSpawn('/bin/cat', ['cat'], {\n  fileActions: new FileActions().addOpen(0, fifo, 'r'), signal })",
  );
  const before = snapshot();
  const cancel = new AbortController();
  const fileActions = new FileActions().addOpen(0, fifo, 'r');
  let settled = false;
  const starting = posixSpawn('/bin/cat', ['cat'], { fileActions, signal: cancel.signal })
    .then(
      () => undefined,
      (error) => error,
    )
    .finally(() => (settled = true));
  const turns = await turnsOfTheLoop(200);
  const hung = !settled;
  const begin = performance.now();
  cancel.abort();
  const error = await starting;
  const took = performance.now() - begin;
  const left = leftBehind(before, snapshot());
  table([
    ['hung for 200 ms', `the event loop turned ${turns} times meanwhile`],
    ['abort()', `${error?.name} after ${took.toFixed(1)} ms`],
    ['left behind', left.length === 0 ? 'no process, no descriptor, same signal mask' : left.join(', ')],
  ]);
  claim('the start hung, and the event loop did not', hung && turns > 20);
  claim('it was cancelled and left nothing', error?.name === 'AbortError' && left.length === 0);
}

async function turnsOfTheLoop(milliseconds) {
  const end = performance.now() + milliseconds;
  let turns = 0;
  for (; performance.now() < end; turns++) await sleep(1);
  return turns;
}
