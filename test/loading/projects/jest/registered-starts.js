import { once } from 'node:events';
import { countOf } from './count.js';
import { cp, execFileSync, spawn, spawnSync } from './registered.js';

test('code that imports child_process starts by the engine', async () => {
  const starts = await countOf(async () => {
    expect(await once(spawn('/bin/sh', ['-c', 'exit 3']), 'exit')).toEqual([3, null]);
    expect(execFileSync('/bin/echo', ['text'], { encoding: 'utf8' })).toBe('text\n');
    expect(spawnSync('/bin/sh', ['-c', 'exit 4']).status).toBe(4);
    await once(cp.exec('exit 0'), 'exit');
  });
  expect(starts).toBe(4);
});
