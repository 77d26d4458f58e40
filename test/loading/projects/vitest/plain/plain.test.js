import { once } from 'node:events';
import { expect, test } from 'vitest';
import { countOf } from '../count.js';
import { cp, execFileSync, spawn } from '../plain.js';

test('code that imports node:child_process starts by the engine', async () => {
  const starts = await countOf(async () => {
    expect(await once(spawn('/bin/sh', ['-c', 'exit 3']), 'exit')).toEqual([3, null]);
    expect(await once(cp.exec('exit 4'), 'exit')).toEqual([4, null]);
    expect(execFileSync('/bin/echo', ['text'], { encoding: 'utf8' })).toBe('text\n');
  });
  expect(starts).toBe(3);
});
