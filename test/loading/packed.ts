import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pack, packedPackage } from '../support/packed.js';
import { at } from '../support/paths.js';
import { tempPath } from '../support/temp.js';
import { bareEnvironment, programAt, run } from './programs.js';

export interface Tarballs {
  readonly forkless: string;
  /** The only dependency: from a file too, so that nobody is asked for it. */
  readonly nodeGypBuild: string;
}

let packed: Tarballs | undefined;
let installed: Promise<string> | undefined;

/** This package as it stands, or the tarball that FORKLESS_TARBALL names, and what it depends on. */
export function tarballs(): Tarballs {
  packed ??= {
    forkless: process.env['FORKLESS_TARBALL'] || packedPackage().file,
    nodeGypBuild: pack(at('node_modules/node-gyp-build')).file,
  };
  return packed;
}

/** A folder into which npm has installed the tarballs, in a bare environment; programs/ lies in it. */
export function consumer(): Promise<string> {
  installed ??= install();
  return installed;
}

/** An empty folder with a package.json and the programs of these tests, compiled. */
export function emptyFolder(manifest: object): string {
  const folder = tempPath('consumer');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module', ...manifest }));
  cpSync(at('dist-test/loading/programs'), join(folder, 'programs'), { recursive: true });
  cpSync(at('test/loading/required.cjs'), join(folder, 'required.cjs'));
  return folder;
}

async function install(): Promise<string> {
  const { forkless, nodeGypBuild } = tarballs();
  const folder = emptyFolder({});
  const options = ['--ignore-scripts', '--offline', '--no-audit', '--no-fund'];
  // The npm that the tests were started with, but with nothing of its settings.
  const npm = [process.execPath, programAt('npm') ?? '', 'install', ...options];
  await run([...npm, forkless, nodeGypBuild], {
    cwd: folder,
    env: bareEnvironment(dirname(process.execPath)),
  });
  return folder;
}
