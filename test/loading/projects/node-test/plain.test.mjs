import assert from 'node:assert';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { features } from 'forkless';

test('code that imports node:child_process starts by the engine', { skip: !process.env.REGISTERED }, () => {
  assert.equal(execFileSync('/bin/echo', ['text'], { encoding: 'utf8' }), 'text\n');
  assert.equal(
    Object.values(features().rungs).reduce((sum, starts) => sum + starts, 0),
    1,
  );
});
