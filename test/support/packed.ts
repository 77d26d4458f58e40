import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { at } from './paths.js';
import { tempPath } from './temp.js';

/** npm hands its own settings down to what it runs; neither the npm nor the programs of a test must see them. */
export const cleanEnvironment: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(?:npm_|PREBUILD|FORKLESS_|NODE_OPTIONS$|FORCE_COLOR$)/i.test(name),
  ),
);

export function npm(args: readonly string[], cwd: string): string {
  return execFileSync('npm', args, {
    cwd,
    env: cleanEnvironment,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export interface Packed {
  /** Where the tarball lies. */
  readonly file: string;
  /** What it holds, in order. */
  readonly files: readonly string[];
  /** Bytes. */
  readonly size: number;
  readonly unpackedSize: number;
}

let ours: Packed | undefined;

/** The package of this tree as npm packs it. Made once in a run. */
export function packedPackage(): Packed {
  ours ??= pack(at(''));
  return ours;
}

/** Packs a folder. */
export function pack(folder: string): Packed {
  const target = tempPath('packed');
  mkdirSync(target);
  const said = npm(['pack', '--json', '--ignore-scripts', '--pack-destination', target], folder);
  // npm before 12 answers with a list, npm 12 with an object by package name
  const [result] = Object.values(JSON.parse(said)) as NpmPacked[];
  if (result === undefined) throw new Error(`npm pack says nothing about ${folder}`);
  const { filename, files, size, unpackedSize } = result;
  return {
    file: path.join(target, filename),
    files: files.map((file) => file.path).sort(),
    size,
    unpackedSize,
  };
}

interface NpmPacked {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
  readonly size: number;
  readonly unpackedSize: number;
}

/** A folder with the packed files of this package in its node_modules, and with what they need at run time. */
export function placePackage(folder: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), '{"private":true,"type":"module"}');
  copyPackage(path.join(folder, 'node_modules/forkless'));
  cpSync(at('node_modules/node-gyp-build'), path.join(folder, 'node_modules/node-gyp-build'), {
    recursive: true,
  });
  return folder;
}

/** What `files` of package.json names, and what npm adds to it. */
function copyPackage(target: string): void {
  const { files } = JSON.parse(readFileSync(at('package.json'), 'utf8')) as { files: string[] };
  for (const entry of [...files, 'package.json', 'README.md', 'LICENSE'])
    if (!entry.startsWith('!')) cpSync(at(entry), path.join(target, entry), { recursive: true });
}
