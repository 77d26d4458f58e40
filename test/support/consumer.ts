import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { placePackage } from './packed.js';
import { at } from './paths.js';
import { tempPath } from './temp.js';

/** The TypeScript that compiles this project. */
export const ownCompiler = at('node_modules/typescript/bin/tsc');

/** The programs of test/types that each Consumer holds: ES modules, and one that uses require. */
export const programs = {
  modules: ['accepted.ts', 'children.ts', 'drop-in.ts', 'refused.ts', 'sentences.ts'],
  required: ['required.cts'],
} as const;

export interface Compilation {
  /** Options of the compiler, besides those of a strict program. */
  readonly options: object;
  /** Its file; default: the TypeScript of this project. */
  readonly compiler?: string | undefined;
}

/** A program outside of this project that uses the package as it is published, and @types/node. */
export class Consumer {
  readonly folder: string;

  /** @param nodeTypes the folder of the @types/node; default: that of this project */
  constructor(nodeTypes: string = at('node_modules/@types/node')) {
    this.folder = placePackage(tempPath('consumer'));
    for (const name of [...programs.modules, ...programs.required]) this.add(name);
    mkdirSync(path.join(this.folder, 'node_modules/@types'));
    symlinkSync(nodeTypes, path.join(this.folder, 'node_modules/@types/node'));
  }

  /** Copies a program of test/types. */
  add(name: string): void {
    cpSync(at(`test/types/${name}`), path.join(this.folder, name));
  }

  /** Writes a program, and returns its name. */
  write(name: string, text: string): string {
    writeFileSync(path.join(this.folder, name), text);
    return name;
  }

  /** What the compiler says, of the declarations of the package too (no skipLibCheck); '' if all is well. */
  complaints(files: readonly string[], { options, compiler = ownCompiler }: Compilation): string {
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
    this.write('tsconfig.json', JSON.stringify({ compilerOptions, files }));
    const { stdout, stderr } = spawnSync(process.execPath, [compiler], {
      cwd: this.folder,
      encoding: 'utf8',
    });
    return stdout + stderr;
  }
}
