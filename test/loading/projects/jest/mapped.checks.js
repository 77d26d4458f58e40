import { once } from 'node:events';
import { countOf } from './count.js';
import { cp, spawn, spawnSync } from './registered.js';

test('moduleNameMapper leads child_process to forkless', async () => {
  expect(cp).toBe(require('forkless/child_process'));
  const starts = await countOf(async () => {
    expect(await once(spawn('/bin/sh', ['-c', 'exit 3']), 'exit')).toEqual([3, null]);
    expect(spawnSync('/bin/sh', ['-c', 'exit 4']).status).toBe(4);
  });
  expect(starts).toBe(2);
});
