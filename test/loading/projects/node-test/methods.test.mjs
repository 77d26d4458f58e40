import assert from 'node:assert';
import { createRequire } from 'node:module';
import { mock, test } from 'node:test';
import { features } from 'forkless';
import namespace from 'forkless/child_process';

const require = createRequire(import.meta.url);
const { cp, start } = require('./code.cjs');
const count = () => Object.values(features().rungs).reduce((sum, starts) => sum + starts, 0);

test('mock.method replaces a function of the required object', () => {
  assert.equal(namespace, cp);
  const before = count();
  const spawn = mock.method(cp, 'spawn', () => 'mocked');
  assert.equal(start('-c', 'exit'), 'mocked');
  assert.deepEqual(spawn.mock.calls[0].arguments, ['/bin/sh', ['-c', 'exit']]);
  assert.equal(count(), before);
});

test('mock.restoreAll puts ours back', async () => {
  mock.restoreAll();
  const before = count();
  const child = start('-c', 'exit 3');
  await new Promise((resolve) => child.once('exit', resolve));
  assert.equal(child.exitCode, 3);
  assert.equal(count(), before + 1);
});
