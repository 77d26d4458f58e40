import assert from 'node:assert';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { features } from 'forkless';

const count = () => Object.values(features().rungs).reduce((sum, starts) => sum + starts, 0);

it('imported: starts by the engine', async () => {
  const before = count();
  assert.deepEqual(await once(spawn('/bin/sh', ['-c', 'exit 3']), 'exit'), [3, null]);
  assert.equal(execFileSync('/bin/echo', ['text'], { encoding: 'utf8' }), 'text\n');
  assert.equal(count() - before, 2);
});
