// How long one start holds the event loop: ours and node:child_process in turns, in one process.
import { timeChildProcess, timeForkless, warmUp } from '../support/true.mjs';
import { inTurns, touch } from '../support/turns.mjs';

/** Held to the end: what is garbage may be gone before the first start. */
export let memory = [];

export default async function loopCost({ gigabytes, rounds, turn }) {
  await warmUp();
  memory = touch(gigabytes);
  const held = (time) => async () => (await time()).held;
  const [forkless, childProcess] = await inTurns([held(timeForkless), held(timeChildProcess)], rounds, turn);
  return { forkless, childProcess };
}
