// Tells whether what was installed and built is up to date. Compares contents, not times: a checkout or a copy changes
// times and nothing else.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { at } from './project.mjs';

/** Whether all packages of the lock file are installed in their versions, except those for another platform. */
export function isInstalled() {
  const wanted = readJson(at('package-lock.json'))?.packages;
  const present = readJson(at('node_modules/.package-lock.json'))?.packages;
  if (!wanted || !present) return false;
  return Object.entries(wanted).every(([folder, entry]) => {
    if (folder === '') return true;
    if (!existsSync(at(folder, 'package.json'))) return entry.optional === true;
    return present[folder]?.version === entry.version && present[folder]?.integrity === entry.integrity;
  });
}

export function isBuilt(part) {
  const { stamp, results } = parts[part];
  return results.every((result) => existsSync(at(result))) && readText(at(stamp)) === fingerprint(part);
}

/** Records that `part` was built from the sources of which `taken` is the fingerprint. */
export function markBuilt(part, taken) {
  mkdirSync(at('build'), { recursive: true });
  writeFileSync(at(parts[part].stamp), taken);
}

export function fingerprint(part) {
  const hash = createHash('sha256').update(`${process.version} ${process.arch}\n`);
  for (const file of parts[part].sources.flatMap((source) => filesUnder(at(source)))) {
    hash
      .update(`${path.relative(at(), file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex');
}

export function filesUnder(place) {
  if (!existsSync(place)) return [];
  if (path.extname(place) !== '') return [place];
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

const parts = {
  native: {
    sources: ['csrc', 'binding.gyp', 'package-lock.json'],
    results: ['build/Release/forkless.node'],
    stamp: 'build/native.stamp',
  },
  ts: {
    sources: [
      'lib',
      'csrc/core/steps.def',
      'tsconfig.json',
      'scripts/lib/bundle.mjs',
      'scripts/lib/compact.mjs',
      'scripts/lib/unread-fields.mjs',
      'package-lock.json',
    ],
    results: [
      'dist/index.js',
      'dist/index.d.ts',
      'dist/early.js',
      'dist/forkless.js',
      'dist/posix.js',
      'build/lib/index.js',
    ],
    stamp: 'build/ts.stamp',
  },
};

function readText(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function readJson(file) {
  const text = readText(file);
  return text === undefined ? undefined : JSON.parse(text);
}
