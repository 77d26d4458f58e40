// How long one start holds the event loop, ours and node:child_process in turns. With `turn` 1 each of ours comes right
// after a fork. The demonstration uses it, too.
import { occupy } from '../hosts/occupy.mjs';
import { one } from '../hosts/tasks/one.mjs';
import { warmUp } from '../hosts/warm-up.mjs';
import { ways as ours } from '../hosts/ways/forkless.mjs';
import { ways as theirs } from '../hosts/ways/node.mjs';

const ways = { posixSpawn: ours.posixSpawn, node: theirs.node };

/** Held to the end: what is garbage may be gone before the first start. */
export let memory = [];

/** @returns microseconds, in one block. */
export default async function loopCost({ gigabytes, turn, milliseconds = 2000 }) {
  await warmUp(Object.values(ways));
  memory = occupy(gigabytes * 2 ** 30, 0);
  const { posixSpawn, node } = await one(ways, 'posixSpawn,node', milliseconds, turn, milliseconds);
  return { forkless: [posixSpawn.held], childProcess: [node.held] };
}
