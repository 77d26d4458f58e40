import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect } from 'chai';
import { Consumer, ownCompiler, programs } from '../support/consumer.js';
import { INSTALL_TIMEOUT, installed } from '../support/installed.js';
import { cleanEnvironment } from '../support/packed.js';

const own = 'typescript';
const [esModule, required, named, byDefault] = ['imported.mts', 'required.cts', 'named.cts', 'default.cts'];
const everyForm = [esModule, required, named, byDefault];
const commonJs = [required, named, byDefault];

const node10 = { module: 'commonjs', moduleResolution: 'node10', esModuleInterop: true };
const bundler = { module: 'esnext', moduleResolution: 'bundler' };
const deprecated = { ignoreDeprecations: '6.0' };

/** The compiler, its mode, and what it takes in this mode. The names of the modes are those of docs/platforms.md. */
const rows: readonly (readonly [compiler: string, options: object, forms: readonly string[]])[] = [
  ['typescript-5.6', { ...node10, esModuleInterop: false }, [required, named]],
  ['typescript-5.6', node10, commonJs],
  ['typescript-5.6', { ...node10, module: 'esnext' }, [esModule]],
  ['typescript-5.6', { module: 'node16' }, everyForm],
  ['typescript-5.6', { module: 'nodenext', isolatedModules: true }, everyForm],
  ['typescript-5.6', bundler, [esModule]],
  ['typescript-5.6', { module: 'preserve' }, [esModule, required]],
  ['typescript-5.9', { module: 'node18' }, everyForm],
  ['typescript-5.9', { module: 'node20', verbatimModuleSyntax: true }, [esModule, required]],
  ['typescript-6.0', { ...node10, ...deprecated }, commonJs],
  ['typescript-6.0', { ...node10, ...deprecated, esModuleInterop: false }, [required, named]],
  ['typescript-6.0', { module: 'nodenext' }, everyForm],
  ['typescript-6.0', { module: 'commonjs', moduleResolution: 'bundler' }, commonJs],
  [own, { module: 'node16' }, everyForm],
  [own, { module: 'node20' }, everyForm],
  [own, { module: 'nodenext' }, everyForm],
  [own, { module: 'nodenext', verbatimModuleSyntax: true }, [esModule, required]],
  [own, bundler, [esModule]],
  [own, { ...bundler, isolatedModules: true, verbatimModuleSyntax: true }, [esModule]],
  [own, { module: 'commonjs', moduleResolution: 'bundler' }, commonJs],
  [own, { module: 'preserve' }, [esModule, required]],
];

describe('the types of the package, with each TypeScript and in each of its modes', function () {
  this.timeout(120_000);
  let compilers: ReadonlyMap<string, string>;
  let consumer: Consumer;

  before(function () {
    this.timeout(INSTALL_TIMEOUT);
    compilers = new Map([...installed('typescripts'), [own, ownCompiler]]);
    consumer = new Consumer();
    for (const name of everyForm) consumer.add(`programs/${name}`);
  });

  for (const [index, [name, mode, forms]] of rows.entries())
    it(`are true of ${forms.join(', ')}: ${name}, ${Object.entries(mode).join(' ').replaceAll(',', ' ')}`, function () {
      const compiler = compilerOf(name) ?? this.skip();
      const outDir = `out-${index}`;
      // All declarations are checked in the test of each TypeScript below.
      const options = { noEmit: false, rootDir: 'programs', outDir, skipLibCheck: true, ...mode };
      const files = forms.map((program) => `programs/${program}`);
      expect(consumer.complaints(files, { options, compiler })).to.equal('');
      for (const program of forms)
        expect(run(path.join(outDir, program.replace('ts', 'js'))), program).to.deep.equal({
          stdout: 'true true true true true hello\n',
          stderr: '',
        });
    });

  for (const name of ['typescript-5.6', 'typescript-5.9', 'typescript-6.0'])
    it(`accept and refuse the same, and their declarations are right: ${name}`, function () {
      const compiler = compilerOf(name) ?? this.skip();
      const files = [...programs.modules, ...programs.required];
      expect(consumer.complaints(files, { options: { module: 'nodenext' }, compiler })).to.equal('');
    });

  it('have no default import in CommonJS without `esModuleInterop`', function () {
    const compiler = compilerOf('typescript-5.6') ?? this.skip();
    const options = { ...node10, esModuleInterop: false, skipLibCheck: true };
    const found = consumer.complaints([`programs/${byDefault}`], { options, compiler });
    expect(found.match(/default\.cts\(\d+,8\): error TS1\d{3}: [^\n]*/g)).to.have.length(5);
  });

  for (const [name, isFound] of [
    ['typescript-5.9', true],
    ['typescript-6.0', false],
    [own, false],
  ] as const)
    it(`are ${isFound ? '' : 'not '}found without \`"types": ["node"]\`: ${name}`, function () {
      const compiler = compilerOf(name) ?? this.skip();
      const options = { module: 'nodenext', types: undefined, skipLibCheck: true };
      const found = consumer.complaints([`programs/${required}`], { options, compiler });
      if (isFound) expect(found).to.equal('');
      else expect(found).to.contain("node:child_process'");
    });

  function compilerOf(name: string): string | undefined {
    const found = compilers.get(name);
    if (found === undefined) console.error(`      NOT TESTED: scripts/install.mjs could not install ${name}`);
    return found;
  }

  /** What the types say, they say of this: the program as the compiler has made it. */
  function run(program: string): { stdout: string; stderr: string } {
    const { stdout, stderr } = spawnSync(process.execPath, ['--no-warnings', program], {
      cwd: consumer.folder,
      encoding: 'utf8',
      env: cleanEnvironment,
    });
    return { stdout, stderr };
  }
});
