import { createRequire } from 'node:module';
import { expect } from 'chai';
import api, * as named from 'forkless';
import { SLOTS } from '../engine/flat-crowd.js';
import { at } from '../support/paths.js';
import { runProgram } from '../support/program.js';
import { withoutRequireWarning } from '../support/require-warning.js';

const names = [
  'FileActions',
  'Process',
  'SpawnError',
  'explain',
  'explainSpawn',
  'features',
  'getCloexec',
  'getWindowSize',
  'openPipe',
  'openPty',
  'openSocketPair',
  'posixSpawn',
  'posixSpawnSync',
  'posixSpawnp',
  'posixSpawnpSync',
  'setCloexec',
  'setWindowSize',
  'tcgetpgrp',
];

describe("the package's entry", () => {
  it('has the same names, and the same things, as default export and by name', () => {
    expect(Object.keys(api).sort()).to.deep.equal(names);
    const { default: defaultExport, ...others } = { ...named } as Record<string, unknown>;
    delete others['module.exports'];
    expect(defaultExport).to.equal(api);
    expect(others).to.deep.equal({ ...api });
    for (const name of names) expect(others[name], name).to.equal((api as Record<string, unknown>)[name]);
  });

  it('can be loaded by require, and gives the very object of the default export', () => {
    const required: unknown = createRequire(import.meta.url)('forkless');
    expect(required).to.equal(api);
  });

  it('can be loaded by require first, without a warning of ours', async () => {
    const seen = await runProgram<{ readonly warnings: readonly string[] }>(
      import.meta.url,
      'required-first',
    );
    expect({ ...seen, warnings: seen.warnings.map(withoutRequireWarning).filter(Boolean) }).to.deep.equal({
      same: true,
      code: 0,
      isProcess: true,
      warnings: [],
    });
  });

  it('is one object for both ways, which can be patched and mended', async () => {
    const seen = await runProgram(import.meta.url, 'patched');
    expect(seen).to.deep.equal({ calls: [['/bin/true', ['true']]], restored: true, more: 1 });
  });

  it('loads the engine with it, while low numbers of descriptors are free, and throws nothing where it cannot', async () => {
    const run = <T>(env = {}) => runProgram<T>(import.meta.url, 'loaded', {}, { env });
    expect(await run()).to.deep.equal([true, SLOTS]);
    expect(await run({ FORKLESS_FLAT: 'never' })).to.deep.equal([true, 0]);
    expect(await run<unknown[]>({ FORKLESS_RUNG: 'none' })).to.have.length(2);
  });

  it('is all of the package that can be loaded, besides its package.json', async () => {
    const require = createRequire(import.meta.url);
    expect(require('forkless/package.json')).to.have.property('name', 'forkless');
    for (const inside of [
      'forkless/dist/index.js',
      'forkless/lib/api.js',
      'forkless/build/Release/forkless.node',
    ])
      expect(() => require(inside), inside)
        .to.throw()
        .with.property('code', 'ERR_PACKAGE_PATH_NOT_EXPORTED');
    expect(require.resolve('forkless')).to.equal(at('dist/index.js'));
  });
});
