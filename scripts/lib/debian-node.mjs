// Node as Debian builds it, of the suite "sid": its libuv, 1.53 or later, starts processes by posix_spawn. Unpacked into a
// folder with the C library and all other libraries that it needs; the program is made to find them there, so that it
// runs like any other, and what it starts learns nothing of them.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  debianArchs,
  fetchingPrograms,
  fetchPackages,
  namesOfPackages,
  openArchives,
  unpack,
} from './debian.mjs';
import { architectures } from './prebuilds.mjs';
import { at, run } from './project.mjs';

const { arch } = process;
const cache = at('node_modules/.cache/debian-node');
const packages = ['nodejs', 'patchelf'];
const loaders = { x64: 'ld-linux-x86-64.so.2', arm64: 'ld-linux-aarch64.so.1' };
const source = at('scripts/debian-node/files.c');

/** Why it cannot be had here, or null. */
export function debianNodeObstacle() {
  const missing = [...fetchingPrograms, 'gcc'].filter((program) => spawnSync(program, ['--version']).error);
  return missing.length > 0 ? `there is no ${missing.join(', no ')}` : null;
}

/** Fetches and unpacks the newest where it is not there yet. Returns the path of the program. */
export function installDebianNode() {
  const archives = `${cache}/apt`;
  const apt = openArchives(archives, debianArchs[arch], inSid);
  const names = namesOfPackages(apt, packages);
  const made = { names, source: readFileSync(source, 'utf8'), place: cache };
  const edition = createHash('sha256').update(JSON.stringify(made)).digest('hex').slice(0, 12);
  const root = `${cache}/${edition}`;
  const program = `${root}/usr/bin/node`;
  if (existsSync(`${root}/complete`)) return program;

  console.error(`fetching ${names.find((name) => name.startsWith('nodejs_'))}`);
  const debs = fetchPackages(apt, archives, packages).filter((deb) => names.includes(path.basename(deb)));
  rmSync(root, { recursive: true, force: true });
  for (const deb of debs) unpack(deb, root);
  lead(root, program);
  writeFileSync(`${root}/complete`, '');
  for (const other of readdirSync(cache))
    if (other !== edition && other !== 'apt') rmSync(`${cache}/${other}`, { recursive: true });
  rmSync(`${archives}/cache/archives`, { recursive: true });
  return program;
}

/** The main archives, without those of security updates: sid has none. */
function inSid(archives) {
  const addresses = archives.map(([address]) => address).filter((address) => /\/debian\/$/.test(address));
  return [[...new Set(addresses)].map((address) => [address, 'sid'])];
}

/** Makes the program find its loader, its libraries and its JavaScript in `root`. */
function lead(root, program) {
  const libraries = `${root}/usr/lib/${architectures[arch]}`;
  const loader = `${libraries}/${loaders[arch]}`;
  run('gcc', [
    '-std=c11',
    '-O2',
    '-D_GNU_SOURCE',
    '-Wall',
    '-Wextra',
    '-Werror',
    '-fPIC',
    '-shared',
    `-DROOT="${root}"`,
    '-o',
    `${libraries}/libforkless-files.so`,
    source,
  ]);
  // patchelf comes from the same archive, and needs the same loader.
  run(loader, [
    ...['--library-path', libraries, `${root}/usr/bin/patchelf`],
    ...['--set-interpreter', loader],
    // RPATH, not RUNPATH: that would not hold for the libraries of its libraries.
    ...['--force-rpath', '--set-rpath', libraries],
    ...['--add-needed', 'libforkless-files.so'],
    program,
  ]);
}
