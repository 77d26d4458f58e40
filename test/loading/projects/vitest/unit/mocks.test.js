import { expect, test, vi } from 'vitest';
import { cp, start, text } from '../code.js';
import { count } from '../count.js';

vi.mock('forkless/child_process');

test('vi.mock replaces every function, and nothing is started', async () => {
  const before = count();
  const { spawn } = await import('forkless/child_process');
  vi.mocked(spawn).mockReturnValue('mocked');
  expect(start('-c', 'exit')).toBe('mocked');
  expect(spawn).toHaveBeenLastCalledWith('/bin/sh', ['-c', 'exit']);
  expect(text()).toBe(undefined);
  expect(cp.execSync('exit')).toBe(undefined);
  expect(count()).toBe(before);
});

test('vi.importActual has the real functions', async () => {
  const before = count();
  const { execFileSync } = await vi.importActual('forkless/child_process');
  expect(execFileSync('/bin/echo', ['real'], { encoding: 'utf8' })).toBe('real\n');
  expect(count()).toBe(before + 1);
});
