import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { at } from '../support/paths.js';
import { tempPath } from '../support/temp.js';

const COMPILER = at('node_modules/typescript/bin/tsc');

/** What the compiler says; '' when all is well. */
function complaints(project: string): string {
  try {
    execFileSync(process.execPath, [COMPILER, '--noEmit', '--project', project], { encoding: 'utf8' });
    return '';
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

describe('the types of the package', function () {
  this.timeout(60_000);

  it('accept and refuse what they should in an ES module and in CommonJS', () => {
    expect(complaints(at('test/types'))).to.equal('');
  });

  it('accept and refuse the same for a bundler', () => {
    expect(complaints(at('test/types/tsconfig.bundler.json'))).to.equal('');
  });

  // Own sources are checked by --noEmit anyway; a program that uses the package checks its declarations instead.
  it('stand by themselves in a program outside, without skipLibCheck', () => {
    const folder = tempPath('consumer');
    mkdirSync(path.join(folder, 'node_modules/@types'), { recursive: true });
    try {
      symlinkSync(at(''), path.join(folder, 'node_modules/forkless'));
      for (const name of ['@types/node', 'undici-types'])
        symlinkSync(at(`node_modules/${name}`), path.join(folder, 'node_modules', name));
      writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
      writeFileSync(
        path.join(folder, 'use.ts'),
        `
        import { posixSpawn, type SpawnError } from 'forkless';
        export const exited = async (): Promise<number | null> => {
          const child = await posixSpawn('/bin/true', ['true']);
          return (await child.exited).code;
        };
        // @ts-expect-error this proves that it is no 'any'
        export const step: 'fork' = (null as unknown as SpawnError).step;
      `,
      );
      const compilerOptions = {
        module: 'nodenext',
        target: 'es2022',
        lib: ['es2023', 'esnext.disposable'],
        strict: true,
        types: ['node'],
        preserveSymlinks: true,
      };
      writeFileSync(
        path.join(folder, 'tsconfig.json'),
        JSON.stringify({ compilerOptions, files: ['use.ts'] }),
      );
      expect(complaints(folder)).to.equal('');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('are looked at by this test at all: a wrong program is complained of', () => {
    const folder = tempPath('wrong');
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'wrong.ts'), 'export const wrong: number = "text";');
    writeFileSync(
      path.join(folder, 'tsconfig.json'),
      '{"compilerOptions":{"types":[]},"files":["wrong.ts"]}',
    );
    expect(complaints(folder)).to.contain('TS2322');
  });
});
