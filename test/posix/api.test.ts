import { createRequire } from 'node:module';
import { expect } from 'chai';
import api, * as named from 'forkless';
import { SLOTS } from '../engine/flat-crowd.js';
import { at } from '../support/paths.js';
import { withoutRequireWarning } from '../support/require-warning.js';
import { runNodeForValue } from '../support/run-node.js';

const names = [
  'FileActions',
  'Process',
  'SpawnError',
  'explain',
  'features',
  'getCloexec',
  'openPipe',
  'openSocketPair',
  'posixSpawn',
  'posixSpawnSync',
  'posixSpawnp',
  'posixSpawnpSync',
  'setCloexec',
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
    const seen = await runNodeForValue<{ readonly warnings: readonly string[] }>(
      `
      import { createRequire } from 'node:module';
      const warnings = [];
      process.on('warning', ({ code, message }) => warnings.push(message));
      const required = createRequire(import.meta.url)('forkless');
      const imported = await import('forkless');
      const child = required.posixSpawnSync('/bin/true', ['true']);
      const { code } = await child.exited;
      const seen = { same: required === imported.default, code, isProcess: child instanceof imported.Process, warnings };
      console.log(JSON.stringify(seen));
    `,
      { bare: true },
    );
    expect({ ...seen, warnings: seen.warnings.map(withoutRequireWarning).filter(Boolean) }).to.deep.equal({
      same: true,
      code: 0,
      isProcess: true,
      warnings: [],
    });
  });

  it('is one object for both ways, which can be patched and mended', async () => {
    const seen = await runNodeForValue(`
      import { createRequire } from 'node:module';
      import api, { posixSpawn } from 'forkless';
      const required = createRequire(import.meta.url)('forkless');
      const original = api.posixSpawn;
      const calls = [];
      required.posixSpawn = (...args) => { calls.push(args); return original(...args); };
      const child = await api.posixSpawn('/bin/true', ['true']);
      await child.exited;
      required.posixSpawn = original;
      required.more = 1;
      say({ calls, restored: api.posixSpawn === posixSpawn, more: api.more });
    `);
    expect(seen).to.deep.equal({ calls: [['/bin/true', ['true']]], restored: true, more: 1 });
  });

  it('loads the engine with it, for low numbers of descriptors while there are some, and is quiet where it cannot', async () => {
    const script = `
      import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
      await import('forkless');
      const reserve = readdirSync('/proc/self/fd').filter((fd) => {
        try { return readlinkSync('/proc/self/fd/' + fd).startsWith('/memfd:forkless'); } catch { return false; }
      });
      console.log(JSON.stringify([readFileSync('/proc/self/maps', 'latin1').includes('forkless.node'), reserve.length]));`;
    expect(await runNodeForValue(script, { bare: true })).to.deep.equal([true, SLOTS]);
    const without = { bare: true, env: { FORKLESS_FLAT: 'never' } };
    expect(await runNodeForValue(script, without)).to.deep.equal([true, 0]);
    const broken = { bare: true, env: { FORKLESS_RUNG: 'none' } };
    expect(await runNodeForValue<unknown[]>(script, broken)).to.have.length(2);
  });
  it('is all that the package lets in, besides its package.json', async () => {
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
