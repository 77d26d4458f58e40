// How long one call of the drop-in holds the event loop, and the same of node:child_process, in turns.
import * as node from 'node:child_process';
import { once } from 'node:events';
import * as ours from 'forkless/child_process';
import { inTurns, touch } from '../support/turns.mjs';

const WARM_UP = 300;

/** Held to the end: what is garbage may be gone before the first start. */
export let memory = [];

const ways = {
  /** With the pipes that nobody asked for: what most programs do. */
  async spawn(module) {
    const begin = performance.now();
    const child = module.spawn('/bin/true');
    const held = since(begin);
    await once(child, 'close');
    return held;
  },
  spawnSync(module) {
    const begin = performance.now();
    module.spawnSync('/bin/true');
    return since(begin);
  },
};

export default async function dropIn({ way, gigabytes, rounds, turn }) {
  const time = ways[way];
  for (let count = 0; count < WARM_UP; count++) await time(count % 4 === 0 ? node : ours);
  memory = touch(gigabytes);
  const [forkless, childProcess] = await inTurns([() => time(ours), () => time(node)], rounds, turn);
  return { forkless, childProcess };
}

function since(begin) {
  return (performance.now() - begin) * 1000;
}
