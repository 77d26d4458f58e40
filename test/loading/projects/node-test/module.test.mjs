import assert from 'node:assert';
import { createRequire } from 'node:module';
import { mock, test } from 'node:test';

const require = createRequire(import.meta.url);

test('mock.module replaces the module for import and require', async () => {
  const real = require('forkless/child_process');
  const mocked = mock.module('forkless/child_process', {
    defaultExport: { spawn: () => 'by default' },
    namedExports: { spawn: () => 'by name', execFileSync: real.execFileSync },
  });
  const { start, text } = await import('./code.mjs');
  assert.equal(start('-c', 'exit'), 'by name');
  assert.equal(text(), 'text\n');
  mocked.restore();
  assert.equal((await import('forkless/child_process')).spawn, real.spawn);
});
