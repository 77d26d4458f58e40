import { expect } from 'chai';
import { slowness } from '../support/slowness.js';
import { describeValue } from './describe-value.js';
import type { Door } from './oracle.js';
import { same } from './oracle.js';

export type StartExec = (cp: Door, done: (...results: unknown[]) => void) => unknown;

/** As `same`, for what the callback of exec or execFile was given, or what was thrown. */
export function sameResult(title: string, start: StartExec, check: (results: unknown[]) => void): void {
  same(title, (cp) => resultOf(cp, start), check);
}

/**
 * As `sameResult`, for a timeout before which the program must have got somewhere: each result is that of the shortest
 * timeout which was long enough, on a machine that may be busy.
 */
export function sameLateResult(
  title: string,
  start: (cp: Door, timeout: number, done: (...results: unknown[]) => void) => unknown,
  hasBegun: (results: readonly unknown[]) => boolean,
  check: (results: unknown[]) => void,
): void {
  same(
    title,
    (cp) => whenLate((timeout) => resultOf(cp, (door, done) => start(door, timeout, done)), hasBegun),
    check,
  );
}

/** The outcome with the first of some growing timeouts with which it has begun. */
export async function whenLate<T>(
  run: (timeout: number) => Promise<T>,
  hasBegun: (outcome: T) => boolean,
): Promise<T> {
  for (const timeout of [100, 400, 1600]) {
    const outcome = await run(timeout * slowness);
    if (hasBegun(outcome)) return outcome;
  }
  return run(6400 * slowness);
}

export function succeeds(stdout: unknown, stderr: unknown = ''): (results: unknown[]) => void {
  return (results) => expect(results).to.deep.equal([null, stdout, stderr]);
}

export function fails(fields: object): (results: unknown[]) => void {
  return ([error]) => expect(error).to.include(fields);
}

function resultOf(cp: Door, start: StartExec): Promise<unknown[]> {
  return new Promise((resolve) => {
    try {
      start(cp, (...results) => resolve(results));
    } catch (error) {
      resolve(['thrown', describeValue(error)]);
    }
  });
}
