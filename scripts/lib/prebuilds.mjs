// The binaries of a release, prebuilds/: for what they were made, of what, and by what.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { filesUnder } from './fresh.mjs';
import { at } from './project.mjs';

/** Names of Node, and the first part of the names of their compilers, as Debian has them on every machine. */
export const architectures = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' };

/** The same source gives the same bytes with these, and in general with no others: those of Debian 12. */
export const pinnedTools = 'gcc 12.2.0, binutils 2.40';

export const binaryOf = (arch) => `linux-${arch}/forkless.node`;

/** @returns {{ tools: string, sources: string, files: Record<string, string> }} */
export function readManifest(folder = at('prebuilds')) {
  return JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8'));
}

/** Writes down what lies in `folder`, made by `tools`. */
export function writeManifest(folder, tools) {
  const names = Object.keys(architectures).map(binaryOf);
  const present = names.filter((name) => existsSync(path.join(folder, name)));
  const files = Object.fromEntries(present.map((name) => [name, digest([path.join(folder, name)])]));
  const text = JSON.stringify({ tools, sources: sourcesDigest(), files }, null, 2);
  writeFileSync(path.join(folder, 'manifest.json'), `${text}\n`);
}

/** What is wrong with the binaries of this clone, as sentences; none is missing, changed, or of older sources. */
export function prebuildTroubles(folder = at('prebuilds')) {
  if (!existsSync(path.join(folder, 'manifest.json'))) return ['there is no prebuilds/manifest.json'];
  const { sources, files } = readManifest(folder);
  const troubles = Object.keys(architectures)
    .map(binaryOf)
    .filter(
      (name) => !existsSync(path.join(folder, name)) || digest([path.join(folder, name)]) !== files[name],
    )
    .map((name) => `prebuilds/${name} is missing or is not the one of prebuilds/manifest.json`);
  if (sources !== sourcesDigest()) troubles.push('prebuilds/ was made of other sources than csrc/');
  return troubles;
}

/** 20 bytes in hex, the same wherever the same is made by the same. */
export function buildId(arch, tools) {
  return createHash('sha1').update(`${sourcesDigest()} ${arch} ${tools}`).digest('hex');
}

function sourcesDigest() {
  const { packages } = JSON.parse(readFileSync(at('package-lock.json'), 'utf8'));
  const headers = packages['node_modules/node-addon-api'].integrity;
  return digest(filesUnder(at('csrc')), headers);
}

function digest(files, first = '') {
  const hash = createHash('sha256').update(first);
  for (const file of files) {
    // One file is its content, as sha256sum has it; several are told apart by their names.
    if (files.length > 1) hash.update(`\0${path.relative(at(), file)}\0`);
    hash.update(readFileSync(file));
  }
  return hash.digest('hex');
}
