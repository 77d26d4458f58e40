// The binaries in prebuilds/: for which architectures, of which sources and with which tools they were made.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { filesUnder } from './fresh.mjs';
import { at, Failure } from './project.mjs';

/** Architectures by Node's names, and the prefix of Debian's compilers for each. */
export const architectures = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' };

/** The tools of Debian 12. With these the same source gives the same bytes; with other versions it usually does not. */
export const pinnedTools = 'gcc 12.2.0, g++ 12.2.0, binutils 2.40';

export const binaryOf = (arch) => `linux-${arch}/forkless.node`;

/** Records in the manifest that the binary for `arch` in `folder` was made of the present sources, with `tools`. */
export function enterMade(folder, arch, tools) {
  const name = binaryOf(arch);
  const made = { sha256: digest(readFileSync(path.join(folder, name))), sources: sourcesDigest(), tools };
  const manifest = { ...readManifest(folder), [name]: made };
  writeFileSync(manifestOf(folder), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** What is wrong with the binaries in `folder`, as sentences: one is missing, changed, or made of other sources. */
export function prebuildTroubles(folder = at('prebuilds')) {
  const manifest = readManifest(folder);
  const sources = sourcesDigest();
  return Object.keys(architectures)
    .map(binaryOf)
    .flatMap((name) => {
      const file = path.join(folder, name);
      if (!existsSync(file) || digest(readFileSync(file)) !== manifest[name]?.sha256)
        return [`prebuilds/${name} is missing or is not the one of prebuilds/manifest.json`];
      return manifest[name].sources === sources
        ? []
        : [`prebuilds/${name} was made of other sources than csrc/`];
    });
}

export function requirePrebuilds() {
  const troubles = prebuildTroubles();
  if (troubles.length > 0) throw new Failure(`${troubles.join('; ')}: npm run prebuild`);
}

/** 20 bytes in hex. Depends only on the sources, the architecture and the tools. */
export function buildId(arch, tools) {
  return createHash('sha1').update(`${sourcesDigest()} ${arch} ${tools}`).digest('hex');
}

function manifestOf(folder) {
  return path.join(folder, 'manifest.json');
}

function readManifest(folder) {
  return existsSync(manifestOf(folder)) ? JSON.parse(readFileSync(manifestOf(folder), 'utf8')) : {};
}

/** Takes source files only: an editor may leave other files beside them. */
function sourcesDigest() {
  const { packages } = JSON.parse(readFileSync(at('package-lock.json'), 'utf8'));
  const files = filesUnder(at('csrc')).filter((file) => /\/[^/.]+\.(?:c|cc|h|def|map|gypi)$/.test(file));
  const named = files.map((file) => `${path.relative(at(), file)} ${digest(readFileSync(file))}`);
  return digest([packages['node_modules/node-addon-api'].integrity, ...named].join('\n'));
}

function digest(content) {
  return createHash('sha256').update(content).digest('hex');
}
