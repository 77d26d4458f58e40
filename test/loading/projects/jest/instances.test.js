// Both doors have one engine: each knows the other's objects.
const cp = require('forkless/child_process');
const { FileActions, features, SpawnError } = require('forkless');

test('the cause of an error is a SpawnError', async () => {
  expect(cp.spawnSync('/missing').error.cause).toBeInstanceOf(SpawnError);
  const error = await new Promise((resolve) => cp.spawn('/missing').on('error', resolve));
  expect(error.cause).toBeInstanceOf(SpawnError);
});

test('the file actions of one are those of the other', () => {
  const fileActions = new FileActions().addOpen(7, '/dev/null', 'r');
  expect(cp.spawnSync('test', ['-e', '/proc/self/fd/7'], { fileActions }).status).toBe(0);
});

test('features() tells what the drop-in is', () => {
  expect(features().childProcess).toEqual({ backend: 'forkless', reason: null });
});

test('a reset of the modules makes no second engine', () => {
  jest.resetModules();
  expect(require('forkless').SpawnError).toBe(SpawnError);
});

test.each(['forkless', 'forkless/child_process'])('a patch of %s ends with the modules', (name) => {
  const patched = require(name);
  const functions = { ...patched };
  for (const key of Object.keys(patched)) patched[key] = () => 'patched';
  jest.resetModules();
  const { exec, ...others } = require(name);
  for (const key of Object.keys(others)) expect(others[key]).toBe(functions[key]);
  expect(String(exec)).toBe(String(functions.exec));
});
