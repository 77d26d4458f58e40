import { expect } from 'chai';
import type { Door } from './oracle.js';
import { same } from './oracle.js';
import { portrait } from './portrait.js';

export type StartExec = (cp: Door, done: (...results: unknown[]) => void) => unknown;

/** As `same`, for what the callback of exec or execFile was given, or what was thrown. */
export function sameResult(title: string, start: StartExec, check: (results: unknown[]) => void): void {
  same(title, (cp) => resultOf(cp, start), check);
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
      resolve(['thrown', portrait(error)]);
    }
  });
}
