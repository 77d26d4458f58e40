import { expect, test, vi } from 'vitest';
import { start, text } from '../code.js';

vi.mock('forkless/child_process', async (importOriginal) => ({
  ...(await importOriginal()),
  spawn: vi.fn(() => 'made'),
}));

test('vi.mock with a factory replaces one function', () => {
  expect(start()).toBe('made');
  expect(text()).toBe('text\n');
});
