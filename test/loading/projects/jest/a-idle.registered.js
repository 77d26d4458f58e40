// The first in its process: it registers, starts nothing, and is torn down before the others start something.
test('starts nothing', () => {
  expect(require('child_process').spawn).toBe(require('forkless/child_process').spawn);
});
