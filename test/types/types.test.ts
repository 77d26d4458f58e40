import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { examplesOf } from '../docs/markdown.js';
import { INSTALL_TIMEOUT, installed } from '../support/installed.js';
import { placePackage } from '../support/packed.js';
import { at } from '../support/paths.js';
import { tempPath } from '../support/temp.js';

const COMPILER = at('node_modules/typescript/bin/tsc');

const entries = ['forkless', 'forkless/child_process', 'forkless/register'];

describe('the types of the package, in a program outside', function () {
  this.timeout(120_000);
  let folder: string;
  let sources: readonly string[];

  before(() => {
    folder = placePackage(tempPath('consumer'));
    for (const name of ['@types', 'undici-types'])
      symlinkSync(at(`node_modules/${name}`), path.join(folder, 'node_modules', name));
    sources = readdirSync(at('test/types')).filter((name) => !name.endsWith('.test.ts'));
    for (const name of sources) cpSync(at(`test/types/${name}`), path.join(folder, name));
  });

  for (const options of [
    { module: 'nodenext' },
    { module: 'node20' },
    { module: 'node18' },
    { module: 'node16' },
    { module: 'esnext', moduleResolution: 'bundler' },
    { module: 'preserve' },
  ])
    it(`accept and refuse what they should in ES modules: ${Object.values(options).join(', ')}`, () => {
      const modules = sources.filter((name) => name.endsWith('.ts'));
      expect(modules).to.include.members(['accepted.ts', 'refused.ts', 'drop-in.ts']);
      expect(complaints(modules, options)).to.equal('');
    });

  for (const module of ['nodenext', 'node20', 'node18', 'node16'])
    it(`accept and refuse what they should by require: ${module}`, () => {
      expect(complaints(['required.cts'], { module })).to.equal('');
    });

  it('are there by import() and for types alone under node16, in CommonJS too', () => {
    const file = write(
      'imported.cts',
      `import type { Process } from 'forkless' with { 'resolution-mode': 'import' };
       export const start = async (): Promise<Process> => (await import('forkless')).posixSpawn('/bin/true', ['true']);
       export const spawn = async () => (await import('forkless/child_process')).spawn('true').pid satisfies number | undefined;
       export const register = () => import('forkless/register');`,
    );
    expect(complaints([file], { module: 'node16' })).to.equal('');
  });

  it('are no "any", and leave out what is internal', () => {
    const file = write(
      'strict.ts',
      entries
        .map(
          (entry, index) => `import * as all${index} from '${entry}';
            // @ts-expect-error every name is known
            export const none${index} = all${index}.noSuchName;`,
        )
        .join('\n'),
    );
    expect(complaints([file], { module: 'nodenext' })).to.equal('');
    const inner = write('inner.ts', `import { binding } from 'forkless/dist/binding.js';\nbinding();\n`);
    expect(complaints([inner], { module: 'nodenext' })).to.include('TS2307');
  });

  it('accept the examples of the README as strict TypeScript', () => {
    const files = examplesOf('README.md').map(({ code }, index) => write(`readme-${index}.mts`, code));
    expect(files).to.not.deep.equal([]);
    expect(complaints(files, { module: 'nodenext' })).to.equal('');
  });

  it('accept and refuse the same with an older TypeScript', function () {
    this.timeout(INSTALL_TIMEOUT);
    // The one that attw brings, for what programs of some years may still be compiled with.
    const compiler = installed('package-checkers').get('typescript');
    if (compiler === undefined) {
      console.error('      NOT TESTED: scripts/install.mjs could not install it');
      return this.skip();
    }
    const modules = sources.filter((name) => name.endsWith('.ts'));
    expect(complaints(modules, { module: 'nodenext' }, compiler)).to.equal('');
  });

  it('are looked at by this test at all: a wrong program is complained of', () => {
    const file = write('wrong.ts', 'export const wrong: number = "text";');
    expect(complaints([file], { module: 'nodenext' })).to.contain('TS2322');
  });

  function write(name: string, text: string): string {
    writeFileSync(path.join(folder, name), text);
    return name;
  }

  /** What the compiler says, of the declarations of the package too (no skipLibCheck); '' when all is well. */
  function complaints(files: readonly string[], options: object, compiler = COMPILER): string {
    const compilerOptions = {
      target: 'es2022',
      lib: ['es2023', 'esnext.disposable'],
      types: ['node'],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noEmit: true,
      ...options,
    };
    writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
    const { stdout, stderr } = spawnSync(process.execPath, [compiler], { cwd: folder, encoding: 'utf8' });
    return stdout + stderr;
  }
});
