// Of a program that was started with forkless/register and knows nothing of it.
import { deepEqual, equal } from 'node:assert/strict';
import * as names from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { features } from 'forkless';
import type { Checks } from './checks.js';
import { startsIn } from './starts.js';

const required: typeof names = createRequire(import.meta.url)('node:child_process');

/** Whether the starts of a program go through the engine. */
const expected = features().childProcess.backend === 'forkless' ? 1 : 0;

export const checks: Checks = {
  'forkless/register has been loaded': () => {
    equal(
      features().childProcess.backend,
      'bun' in process.versions || 'deno' in process.versions ? 'node' : 'forkless',
    );
  },

  'spawn of node:child_process does its work': () => through(spawns(names.spawn)),
  'spawn of require does its work': () => through(spawns(required.spawn)),

  'exec does its work': () =>
    through(async () => equal((await promisify(names.exec)('echo text')).stdout, 'text\n')),

  'spawnSync does its work': () =>
    through(() => equal(names.spawnSync('echo', ['text'], { encoding: 'utf8' }).stdout, 'text\n')),
};

function spawns(spawn: typeof names.spawn): () => Promise<void> {
  return async () => {
    const child = spawn('echo', ['text']);
    deepEqual(await Promise.all([text(child.stdout), once(child, 'close')]), ['text\n', [0, null]]);
  };
}

async function through(work: () => void | Promise<void>): Promise<void> {
  equal(await startsIn(work), expected);
}
