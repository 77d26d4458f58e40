const assert = require('node:assert');
const { execFileSync, spawn } = require('node:child_process');
const { once } = require('node:events');
const { features } = require('forkless');

const count = () => Object.values(features().rungs).reduce((sum, starts) => sum + starts, 0);

it('required: starts by the engine', async () => {
  const before = count();
  assert.deepEqual(await once(spawn('/bin/sh', ['-c', 'exit 3']), 'exit'), [3, null]);
  assert.equal(execFileSync('/bin/echo', ['text'], { encoding: 'utf8' }), 'text\n');
  assert.equal(count() - before, 2);
});
