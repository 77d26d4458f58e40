import * as imported from './imported.js';
import * as required from './required.js';

jest.mock('forkless/child_process', () => ({
  ...jest.requireActual('forkless/child_process'),
  spawn: jest.fn(() => 'made'),
}));

const code = { required, imported };

test.each(Object.keys(code))('%s: jest.mock with a factory replaces one function', (how) => {
  expect(code[how].start()).toBe('made');
  expect(code[how].text()).toBe('text\n');
});
