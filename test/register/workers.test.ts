import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { cleanEnvironment, placePackage } from '../support/packed.js';
import { tempPath } from '../support/temp.js';
import { ask, byFlag, byImport, ways } from './ways.js';

describe('Workers under forkless/register', () => {
  for (const way of ways)
    it(`of every kind register too, by ${way.title}`, async () => {
      const through = await ask<Record<string, boolean>>(way, 'workers-of-every-kind');
      expect(Object.entries(through).filter(([, engine]) => !engine)).to.deep.equal([]);
      expect(Object.keys(through)).to.have.length(17);
    });

  it('register although the program has flags that no Worker may be given', async () => {
    const through = await ask<Record<string, boolean>>(byImport, 'workers-of-every-kind', null, {
      nodeArgs: ['--max-old-space-size=500', '--title', 'x y', '--conditions', 'dev', '--expose_gc'],
    });
    expect(Object.entries(through).filter(([, engine]) => !engine)).to.deep.equal([]);
  });

  it('see the flags that they would see without it, and so do the children that they fork', async () => {
    const nodeArgs = ['--max-old-space-size=500', '--title', 'x', '--conditions', 'dev'];
    const [plain, registered] = await Promise.all([
      ask(undefined, 'workers-flags', null, { nodeArgs }),
      ask(byImport, 'workers-flags', null, { nodeArgs }),
    ]);
    expect(registered).to.deep.equal(plain);
  });

  it('get their options as they were given', async () => {
    const [plain, registered] = await Promise.all([
      ask(undefined, 'workers-options'),
      ask(byImport, 'workers-options'),
    ]);
    expect(registered).to.deep.equal(plain);
  });

  it('are refused the same options as without it', async () => {
    const [plain, registered] = await Promise.all([
      ask(undefined, 'workers-refused'),
      ask(byImport, 'workers-refused'),
    ]);
    expect(registered).to.deep.equal(plain);
  });

  it("are instances of Node's class, which the module object still names by its name", async () => {
    expect(await ask(undefined, 'worker-class')).to.deep.equal([true, true, true, 'Worker', 1, true, true]);
  });

  it('run where require() of ES modules is switched off', async () => {
    for (const [way, nodeArgs] of [
      [byFlag, ['--no-experimental-require-module']],
      [byImport, ['--no-experimental-require-module']],
      [byImport, []],
    ] as const) {
      const execArgv = nodeArgs.length > 0 ? undefined : ['--no-experimental-require-module'];
      const more = { nodeArgs: [...nodeArgs] };
      expect(await ask(way, 'workers-with-flags', { execArgv }, more)).to.deep.equal([true, 'done']);
    }
  });

  it('keep the flags of NODE_OPTIONS after the program has changed it', async () => {
    const preload = new URL('../../test/register/preloaded.cjs', import.meta.url).pathname;
    const env = { NODE_OPTIONS: `--require=${preload}` };
    expect(await ask(byImport, 'workers-preloaded', null, { env })).to.equal('preloaded');
  });

  it('inherit the registration of a flag where they could not be given one', async () => {
    const env = { NODE_OPTIONS: undefined };
    expect(await ask(byFlag, 'workers-without-options', null, { env })).to.deep.equal([true, true]);
    expect(await ask(byImport, 'workers-without-options', null, { env })).to.deep.equal([false, true]);
  });

  it('print nothing that they would not print without it, where the package is installed', () => {
    const folder = placePackage(tempPath('installed'));
    const text =
      "require('node:worker_threads').parentPort.postMessage(require('node:child_process').spawn.toString());";
    writeFileSync(path.join(folder, 'worker.cjs'), text);
    writeFileSync(
      path.join(folder, 'main.mjs'),
      `import 'forkless/register';
       import { spawn } from 'node:child_process';
       import { Worker } from 'node:worker_threads';
       for (const worker of [new Worker(${JSON.stringify(text)}, { eval: true }), new Worker('./worker.cjs')])
         worker.on('message', (message) => console.log(message === spawn.toString()));`,
    );
    const { status, stdout, stderr } = spawnSync(process.execPath, ['main.mjs'], {
      cwd: folder,
      env: cleanEnvironment,
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).to.deep.equal({ status: 0, stdout: 'true\ntrue\n', stderr: '' });
  });
});
