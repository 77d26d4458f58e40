import { count } from './count.js';
import * as imported from './imported.js';
import * as required from './required.js';

jest.mock('forkless/child_process');

const code = { required, imported };
const spawn = jest.mocked(required.cp.spawn);

test.each(Object.keys(code))('%s: jest.mock replaces every function, and nothing is started', (how) => {
  const before = count();
  spawn.mockReturnValue('mocked');
  expect(code[how].start('-c', 'exit')).toBe('mocked');
  expect(spawn).toHaveBeenLastCalledWith('/bin/sh', ['-c', 'exit']);
  expect(code[how].text()).toBe(undefined);
  expect(count()).toBe(before);
});

test('jest.requireActual has the real functions', () => {
  const { execFileSync } = jest.requireActual('forkless/child_process');
  const before = count();
  expect(execFileSync('/bin/echo', ['real'], { encoding: 'utf8' })).toBe('real\n');
  expect(count()).toBe(before + 1);
});
