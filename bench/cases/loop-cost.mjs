// How long one start holds the event loop: ours and node:child_process in turns, in one process.
import { timeChildProcess, timeForkless, warmUp } from '../support/true.mjs';

const BLOCKS = 10;

/** Held to the end: what is garbage may be gone before the first start. */
export let memory = [];

/**
 * `turn` starts of one kind, then as many of the other. A fork leaves every page of the parent write-protected, and
 * whoever writes next pays for that: with `turn: 1` each of ours pays for the fork before it. With longer turns the
 * first start of each turn is left out, on both sides.
 */
export default async function loopCost({ gigabytes, rounds, turn }) {
  await warmUp();
  memory = touch(gigabytes);
  const ours = [];
  const theirs = [];
  for (let round = 0; round < rounds; round++) {
    theirs.push(await takeTurn(timeChildProcess, turn));
    ours.push(await takeTurn(timeForkless, turn));
  }
  return { forkless: inBlocks(ours), childProcess: inBlocks(theirs) };
}

async function takeTurn(time, turn) {
  const held = [];
  for (let count = 0; count < turn; count++) held.push((await time()).held);
  return turn > 1 ? held.slice(1) : held;
}

/** Turns are short; the median of a block of them means something. */
function inBlocks(turns) {
  const size = Math.ceil(turns.length / BLOCKS);
  const blocks = [];
  for (let index = 0; index < turns.length; index += size)
    blocks.push(turns.slice(index, index + size).flat());
  return blocks;
}

/** Memory that is really there: every page written. */
function touch(gigabytes) {
  const piece = 64 * 2 ** 20;
  return Array.from({ length: (gigabytes * 2 ** 30) / piece }, () => Buffer.alloc(piece, 1));
}
