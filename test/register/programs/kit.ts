// What the programs of this folder share.
import { once } from 'node:events';
import { type Features, features } from 'forkless';

/** How many starts have gone through the engine. */
export function countStarts(): number {
  return Object.values(features().rungs).reduce((sum, count) => sum + count, 0);
}

/** Did one start go through the engine? Resolves when the child has ended. */
export async function throughUs(start: () => unknown): Promise<boolean> {
  const before = countStarts();
  const started = await start();
  const grown = countStarts() - before;
  if (isEmitter(started)) await once(started, 'close');
  return grown === 1;
}

/** What features() says of the drop-in. */
export function dropIn(): Features['childProcess'] {
  return features().childProcess;
}

/** The warnings of the engine's loading, which features() brings about. They come in the next tick. */
export function warningsHaveCome(): Promise<void> {
  features();
  return new Promise((resolve) => setImmediate(resolve));
}

function isEmitter(value: unknown): value is NodeJS.EventEmitter {
  return typeof (value as NodeJS.EventEmitter | undefined)?.once === 'function';
}
