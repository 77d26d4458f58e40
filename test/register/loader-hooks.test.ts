import module from 'node:module';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { at } from '../support/paths.js';
import type { Way } from './program.js';
import { ask } from './program.js';

const loaders = {
  'module.register': at('test/register/copying-loader.mjs'),
  'module.registerHooks': `${at('test/register/copying-loader.mjs')}?in-thread`,
};
/** Listens for warnings, and is the only one to import what will be replaced. */
const early = (text: string) =>
  `data:text/javascript,${encodeURIComponent(`${text}
    globalThis.warnings = [];
    process.on('warning', ({ name, message }) => { if (name === 'ForklessWarning') warnings.push(message); });`)}`;
const IMPORTS = "import 'node:child_process'; import 'node:worker_threads';";

function by(...imports: string[]): Way {
  return { title: '', options: { nodeArgs: imports.flatMap((name) => ['--import', name]) } };
}

const script = `
  import { writeFileSync } from 'node:fs';
  import { pathToFileURL } from 'node:url';
  import childProcess, { spawn, spawnSync } from 'node:child_process';
  import { Worker } from 'node:worker_threads';
  const program = tempPath('worker.mjs');
  writeFileSync(program, \`
    import { spawnSync } from 'node:child_process';
    import { parentPort } from 'node:worker_threads';
    import { features } from \${JSON.stringify(import.meta.resolve('forkless'))};
    const count = () => Object.values(features().rungs).reduce((sum, each) => sum + each, 0);
    const before = count();
    spawnSync('true');
    parentPort.postMessage(count() - before === 1);
  \`);
  const [inWorker] = await once(new Worker(program), 'message');
  say({
    hooked: import.meta.resolve('child_process') === 'copy:node:child_process',
    names: [await throughUs(() => spawn('true')), await throughUs(() => spawnSync('true')), inWorker],
    object: [
      await throughUs(() => childProcess.spawn('true')),
      await throughUs(() => process.getBuiltinModule('child_process').spawnSync('true')),
    ],
    childProcess: features().childProcess,
    warnings,
  });
`;

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
      ['that comes first', [early(''), loader, 'forkless/register']],
      ['that comes after', [early(''), 'forkless/register', loader]],
    ] as const)
      it(`${order}: all imports see the replacement, and nothing is said`, async () => {
        const answer = await ask<Answer>(by(...imports), script);
        expect(answer).to.deep.equal({
          hooked: true,
          names: [true, true, true],
          object: [true, true],
          childProcess: { backend: 'forkless', reason: null },
          warnings: [],
        });
      });

    it('that has copied them before: features() and one warning say that imports by name do not see it', async () => {
      const answer = await ask<Answer>(by(loader, early(IMPORTS), 'forkless/register'), script);
      expect(answer).to.deep.include({ hooked: true, object: [true, true] });
      expect(answer.names.slice(0, 2)).to.deep.equal([false, false]);
      expect(answer.childProcess.backend).to.equal('forkless');
      expect(answer.childProcess.reason).to.match(
        /^ES modules that import exec, .*, spawn, spawnSync, Worker by name get Node's own, /,
      );
      expect(answer.warnings).to.have.length(1);
      expect(answer.warnings[0]).to.include(answer.childProcess.reason);
    });

    it('is told of where the program registers itself after its imports', async () => {
      const answer = await ask<Answer>(
        by(loader, early('')),
        `import 'node:child_process'; import 'forkless/register'; ${script}`,
      );
      expect(answer.names.slice(0, 2)).to.deep.equal([false, false]);
      expect(answer.childProcess.reason).to.match(/^ES modules that import exec, .* by name get Node's own/);
    });
  });
