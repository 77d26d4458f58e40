import { features } from 'forkless';

/** How many children the engine has started in this process. */
export const count = () => Object.values(features().rungs).reduce((sum, starts) => sum + starts, 0);

/** How many more it has started when `work` is done. */
export async function countOf(work) {
  const before = count();
  await work();
  return count() - before;
}
