import { setTimeout as delay } from 'node:timers/promises';
import { slowness } from './slowness.js';

/**
 * Resolves with the first truthy result of `condition`, asked at once and then every millisecond.
 * @throws when `withinMs` have passed: a deadline for what should have happened, not a time to wait.
 */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  withinMs = 5000,
): Promise<Exclude<T, false | null | undefined | 0 | ''>> {
  const deadline = performance.now() + withinMs * slowness;
  for (;;) {
    const result = await condition();
    if (isTruthy(result)) return result;
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await delay(1);
  }
}

function isTruthy<T>(value: T): value is Exclude<T, false | null | undefined | 0 | ''> {
  return Boolean(value);
}
