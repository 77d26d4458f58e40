import module from 'node:module';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { at } from '../support/paths.js';
import { ask, byFlags, preload } from './ways.js';

const loaders = {
  'module.register': at('test/register/copying-loader.mjs'),
  'module.registerHooks': `${at('test/register/copying-loader.mjs')}?in-thread`,
};
/** Listens for warnings. */
const early = preload('observed');
/** As `early`, and the first to import what will be replaced. */
const earlyImports = preload('early-imports');

interface Answer {
  readonly hooked: boolean;
  /** Did the functions that were imported by name go through the engine: two in the program, one in a Worker? */
  readonly names: readonly boolean[];
  readonly object: readonly boolean[];
  readonly childProcess: { readonly backend: string; readonly reason: string | null };
  readonly warnings: readonly string[];
}

for (const [kind, path] of Object.entries(loaders))
  describe(`forkless/register and a loader hook that copies built-in modules, by ${kind}`, () => {
    const loader =
      pathToFileURL(path.replace('?in-thread', '')).href + (path.includes('?') ? '?in-thread' : '');

    before(function () {
      if (kind === 'module.registerHooks' && !('registerHooks' in module)) this.skip();
    });

    for (const [order, imports] of [
      ['that comes first', [early, loader, 'forkless/register']],
      ['that comes after', [early, 'forkless/register', loader]],
    ] as const)
      it(`${order}: all imports see the replacement, and nothing is said`, async () => {
        const answer = await ask<Answer>(byFlags(imports), 'hooked');
        expect(answer).to.deep.equal({
          hooked: true,
          names: [true, true, true],
          object: [true, true],
          childProcess: { backend: 'forkless', reason: null },
          warnings: [],
        });
      });

    it('that has copied them before: features() and one warning say that imports by name do not see it', async () => {
      const answer = await ask<Answer>(byFlags([loader, earlyImports, 'forkless/register']), 'hooked');
      expect(answer).to.deep.include({ hooked: true, object: [true, true] });
      expect(answer.names.slice(0, 2)).to.deep.equal([false, false]);
      expect(answer.childProcess.backend).to.equal('forkless');
      expect(answer.childProcess.reason).to.match(
        /^ES modules that import exec, .*, spawn, spawnSync, Worker by name get Node's own, /,
      );
      expect(answer.warnings).to.have.length(1);
      expect(answer.warnings[0]).to.include(answer.childProcess.reason);
    });

    it('is named in the reason where the program registers itself after its imports', async () => {
      const way = { ...byFlags([loader, early]), imports: ['node:child_process', 'forkless/register'] };
      const answer = await ask<Answer>(way, 'hooked');
      expect(answer.names.slice(0, 2)).to.deep.equal([false, false]);
      expect(answer.childProcess.reason).to.match(/^ES modules that import exec, .* by name get Node's own/);
    });
  });
