// For programs that count their descriptors.
import { posixSpawn } from 'forkless';
import { childrenOf, openDescriptors } from '../support/proc.js';
import { until } from '../support/until.js';

/** How many there are once no child is left: what the watcher did for those before is done when it tells of the next. */
export async function quietDescriptors(): Promise<number> {
  await until('all children are reaped', () => childrenOf().length === 0);
  await (await posixSpawn('/bin/true', ['true'])).exited;
  return openDescriptors().size;
}
