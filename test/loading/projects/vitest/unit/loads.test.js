import { once } from 'node:events';
import { createRequire } from 'node:module';
import { features } from 'forkless';
import { expect, test, vi } from 'vitest';
import { cp, start, text } from '../code.js';
import { countOf } from '../count.js';

test('starts processes by the engine', async () => {
  const starts = await countOf(async () => {
    expect(await once(start('-c', 'exit 3'), 'exit')).toEqual([3, null]);
    expect(text()).toBe('text\n');
  });
  expect(starts).toBe(2);
  expect(features().childProcess).toEqual({ backend: 'forkless', reason: null });
});

test('gives the same object to import and require', () => {
  expect(createRequire(import.meta.url)('forkless/child_process')).toBe(cp);
});

test('vi.spyOn reaches a function by the default export', () => {
  const spy = vi.spyOn(cp, 'spawn').mockReturnValue('replaced');
  expect(cp.spawn('/bin/true')).toBe('replaced');
  expect(spy).toHaveBeenCalledWith('/bin/true');
  spy.mockRestore();
});
