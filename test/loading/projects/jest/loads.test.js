import { once } from 'node:events';
import { promisify } from 'node:util';
import { features } from 'forkless';
import { countOf } from './count.js';
import * as imported from './imported.js';
import * as required from './required.js';

for (const [how, { cp, start, text }] of Object.entries({ required, imported })) {
  test(`${how}: starts processes by the engine`, async () => {
    const starts = await countOf(async () => {
      const child = start('-c', 'echo $0; exit 3', 'out');
      let output = '';
      child.stdout.on('data', (data) => {
        output += data;
      });
      expect(await once(child, 'close')).toEqual([3, null]);
      expect(output).toBe('out\n');
      expect(await promisify(cp.exec)('echo exec')).toEqual({ stdout: 'exec\n', stderr: '' });
      expect(text()).toBe('text\n');
      expect(cp.spawnSync('/bin/sh', ['-c', 'exit 4']).status).toBe(4);
    });
    expect(starts).toBe(4);
  });
}

test('forks', async () => {
  const child = required.cp.fork('./child.js', [], { cwd: __dirname });
  const [message] = await once(child, 'message');
  expect(message).toEqual({ hello: 'parent' });
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('gives the same object to all, and Node’s class', () => {
  expect(imported.cp).toBe(required.cp);
  expect(imported.names.spawn).toBe(required.cp.spawn);
  expect(required.cp.spawn).not.toBe(require('node:child_process').spawn);
  expect(required.cp.ChildProcess).toBe(require('node:child_process').ChildProcess);
});

test('reports the error of a start that failed', async () => {
  const [error] = await once(required.cp.spawn('/bin/sh', { cwd: '/missing' }), 'error');
  expect(error).toMatchObject({ code: 'ENOENT', syscall: 'spawn /bin/sh', cause: { step: 'chdir' } });
});

test('says that all is well', () => {
  expect(features().childProcess).toEqual({ backend: 'forkless', reason: null });
});
