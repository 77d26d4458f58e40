// How many starts a second with several in flight, stdio ignored: the drop-in, a C loop of posix_spawn, and
// node:child_process, in turns.

import * as node from 'node:child_process';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as ours from 'forkless/child_process';

/** @returns starts a second, one block a round. */
export default async function inFlight({ starts, atATime, rounds, loop }) {
  await perSecond(ours, starts, atATime);
  const samples = { forkless: [], c: [], childProcess: [] };
  for (let round = 0; round < rounds; round++) {
    samples.c.push([await runLoop(loop, starts, atATime)]);
    samples.forkless.push([await perSecond(ours, starts, atATime)]);
    samples.childProcess.push([await perSecond(node, starts / 4, atATime)]);
  }
  return samples;
}

async function runLoop(loop, starts, atATime) {
  const { stdout } = await promisify(execFile)(loop, [`${starts}`, `${atATime}`], { timeout: 60_000 });
  return Number(stdout);
}

function perSecond(module, starts, atATime) {
  return new Promise((resolve) => {
    const begin = performance.now();
    let started = 0;
    let ended = 0;
    const next = () => {
      if (started < starts) {
        started++;
        module.spawn('/bin/true', [], { stdio: 'ignore' }).once('exit', () => {
          if (++ended === starts) resolve((starts / (performance.now() - begin)) * 1000);
          else next();
        });
      }
    };
    for (let count = 0; count < atATime; count++) next();
  });
}
