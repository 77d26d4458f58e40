// One start after the other, all ways in turns: how long the call holds the thread, when exec is known, when the end is.
import { end } from './start.mjs';

const MIN_ROUNDS = 2;
const MIN_TURN = 3;
const always = '/bin/true';

/**
 * For `budget` milliseconds. A turn is up to `starts` starts of one way, or `turn` milliseconds. A fork leaves every
 * page of its parent write-protected, and whoever writes next pays: so the first start of each turn is left out, on
 * all sides, and the order is turned round each time. With `starts` 1 each start pays for the one before it.
 * @returns microseconds: {way: {held, execed, exited}}.
 */
export async function one(ways, names, budget, starts, turn) {
  const chosen = names.split(',').map((name) => [ways[name], { held: [], execed: [], exited: [] }]);
  const until = performance.now() + Number(budget);
  for (let round = 0; round < MIN_ROUNDS || performance.now() < until; round++)
    for (const [way, samples] of round % 2 === 0 ? chosen : chosen.toReversed())
      await takeTurn(way, samples, Number(starts), Number(turn));
  return Object.fromEntries(names.split(',').map((name, index) => [name, chosen[index][1]]));
}

async function takeTurn(way, samples, starts, turn) {
  const until = performance.now() + turn;
  for (let count = 0; count < starts && (count < MIN_TURN || performance.now() < until); count++) {
    const times = await timeOne(way);
    if (count === 0 && starts > 1) continue;
    for (const [what, list] of Object.entries(samples)) if (times[what] !== undefined) list.push(times[what]);
  }
}

/** One start of `program`. @returns microseconds: {held, execed, exited}. */
export function time(ways, name, program) {
  return timeOne(ways[name], program);
}

async function timeOne(way, program = always) {
  const begin = performance.now();
  const called = way.call(program);
  const held = since(begin);
  if (!way.ended) return { held, exited: held };
  if (!way.promises) {
    await end(way, called);
    return { held, ...(way.knowsExec !== false && { execed: held }), exited: since(begin) };
  }
  const process = await called;
  const execed = since(begin);
  await way.ended(process);
  return { held, execed, exited: since(begin) };
}

function since(begin) {
  return (performance.now() - begin) * 1000;
}
