// Two or more ways of doing the same, in turns, in one process.

const BLOCKS = 10;

/**
 * `turn` starts of one kind, then as many of the next. A fork leaves every page of the parent write-protected, and
 * whoever writes next pays for that: with `turn: 1` each of ours pays for the fork before it. With longer turns the
 * first start of each turn is left out, on all sides.
 * @returns the samples of each way, in blocks.
 */
export async function inTurns(ways, rounds, turn) {
  const samples = ways.map(() => []);
  for (let round = 0; round < rounds; round++)
    for (const [index, time] of [...ways.entries()].reverse())
      samples[index].push(await takeTurn(time, turn));
  return samples.map(inBlocks);
}

async function takeTurn(time, turn) {
  const held = [];
  for (let count = 0; count < turn; count++) held.push(await time());
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
export function touch(gigabytes) {
  const piece = 64 * 2 ** 20;
  return Array.from({ length: (gigabytes * 2 ** 30) / piece }, () => Buffer.alloc(piece, 1));
}
