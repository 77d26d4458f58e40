import { expect } from 'chai';
import { runNodeForValue } from '../support/run-node.js';

describe('forkless/service', () => {
  it('is loaded by nobody but who imports it', async () => {
    const files = await runNodeForValue<string[]>(`
      import { createRequire } from 'node:module';
      import { posixSpawnSync } from 'forkless';
      import { spawnSync } from 'forkless/child_process';
      await posixSpawnSync('/bin/true', ['true']).exited;
      spawnSync('/bin/true');
      say(Object.keys(createRequire(import.meta.url).cache));`);
    expect(files.filter((file) => /\/dist\/(?:forkless|early)\.js$/.test(file))).to.have.length(2);
    expect(files.filter((file) => /\/dist\/service/.test(file))).to.deep.equal([]);
  });

  it('has the same names by import and by require, and its default export is what require returns', async () => {
    const names = await runNodeForValue<unknown>(`
      import { createRequire } from 'node:module';
      import * as all from 'forkless/service';
      const required = createRequire(import.meta.url)('forkless/service');
      const { default: whole, 'module.exports': _, ...named } = all;
      say([whole === required, Object.keys(named).sort(), Object.keys(required).sort()]);`);
    const expected = ['adoptFds', 'posixOptions', 'spawnOptions'];
    expect(names).to.deep.equal([true, expected, expected]);
  });

  it('takes a FileActions of the package, and makes one', async () => {
    const plan = await runNodeForValue<string>(`
      import { explain, FileActions } from 'forkless';
      import { posixOptions } from 'forkless/service';
      const fileActions = new FileActions().addClose(9);
      say(explain('/x', ['x'], posixOptions({ logFile: '/log', fileActions, env: {} })));`);
    const lines = plan.split('\n').map((line) => line.replace(/^ *\d+\. /, ''));
    const at = lines.indexOf('open "/dev/null" as 0, O_RDONLY');
    expect(lines.slice(at, at + 4)).to.deep.equal([
      'open "/dev/null" as 0, O_RDONLY',
      'open "/log" as 1, O_WRONLY|O_CREAT|O_APPEND|O_NOCTTY, mode 0640',
      'dup2 1 to 2',
      'close 9  (file action 0)',
    ]);
  });
});
