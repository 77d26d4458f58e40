// Node as Debian builds it, of the suite "sid": its libuv, 1.53 or later, starts processes by posix_spawn. It is unpacked
// into a folder together with the C library and all other libraries that it needs. The program is patched to find them
// there, so it runs without settings in the environment, which the processes that it starts would inherit.
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
  Unreachable,
  unpack,
} from './debian.mjs';
import { cacheFolder } from './packages.mjs';
import { architectures } from './prebuilds.mjs';
import { at, Failure, outputOf, run } from './project.mjs';

/** The first libuv that starts processes by posix_spawn. */
const OLDEST_LIBUV = '1.53.0';

const { arch } = process;
const cache = cacheFolder('debian-node');
const packages = ['nodejs', 'patchelf'];
const loaders = { x64: 'ld-linux-x86-64.so.2', arm64: 'ld-linux-aarch64.so.1' };
const source = at('scripts/debian-node/files.c');

/** A way of scripts/lib/installables.mjs. Its line is "sid PLACE VERSION LIBUV". */
export const debianNode = {
  place: 'node_modules/.cache/debian-node',
  names: ['sid'],
  find() {
    const program = completeProgram();
    return new Map(program ? [['sid', [program, ...versionsOf(program)].join(' ')]] : []);
  },
  install() {
    const missing = [...fetchingPrograms, 'gcc'].filter((program) => spawnSync(program, ['--version']).error);
    if (missing.length > 0) throw new Unreachable(`there is no ${missing.join(', no ')}`);
    const program = fetchNode();
    const [, libuv] = versionsOf(program);
    if (libuv.localeCompare(OLDEST_LIBUV, 'en', { numeric: true }) < 0)
      throw new Failure(`${program} has libuv ${libuv}, and is wanted for ${OLDEST_LIBUV} or later`);
  },
};

/** The one in the cache: fetchNode() keeps one. */
function completeProgram() {
  const folders = existsSync(cache) ? readdirSync(cache).map((name) => `${cache}/${name}`) : [];
  const root = folders.find((folder) => existsSync(`${folder}/complete`));
  const program = root && programIn(root);
  // It does not run where this folder has been moved: its loader and libraries stand in it by absolute path.
  return program && spawnSync(program, ['--version']).status === 0 ? program : undefined;
}

function programIn(root) {
  return `${root}/usr/bin/node`;
}

/** Its own, and that of its libuv. */
function versionsOf(program) {
  return outputOf(program, ['-p', '[process.version, process.versions.uv].join(" ")']).trim().split(' ');
}

/** Fetches and unpacks the newest, unless it is in the cache. Returns the path of the program. */
function fetchNode() {
  const archives = `${cache}/apt`;
  const apt = openArchives(archives, debianArchs[arch], inSid);
  const names = namesOfPackages(apt, packages);
  const made = { names, source: readFileSync(source, 'utf8'), place: cache };
  const edition = createHash('sha256').update(JSON.stringify(made)).digest('hex').slice(0, 12);
  const root = `${cache}/${edition}`;
  const program = programIn(root);
  if (existsSync(`${root}/complete`)) return program;

  console.error(`fetching ${names.find((name) => name.startsWith('nodejs_'))}`);
  const debs = fetchPackages(apt, archives, packages).filter((deb) => names.includes(path.basename(deb)));
  rmSync(root, { recursive: true, force: true });
  for (const deb of debs) unpack(deb, root);
  redirect(root, program);
  writeFileSync(`${root}/complete`, '');
  for (const other of readdirSync(cache))
    if (other !== edition && other !== 'apt') rmSync(`${cache}/${other}`, { recursive: true });
  rmSync(`${archives}/cache/archives`, { recursive: true });
  return program;
}

/** The main archives only: sid has no security updates. */
function inSid(archives) {
  const addresses = archives.map(([address]) => address).filter((address) => /\/debian\/$/.test(address));
  return [[...new Set(addresses)].map((address) => [address, 'sid'])];
}

/** Makes the program find its loader, its libraries and its JavaScript in `root`. */
function redirect(root, program) {
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
  // patchelf comes from the same archive, so it needs the same loader and libraries.
  run(loader, [
    ...['--library-path', libraries, `${root}/usr/bin/patchelf`],
    ...['--set-interpreter', loader],
    // RPATH: a RUNPATH is not searched for what the libraries need themselves.
    ...['--force-rpath', '--set-rpath', libraries],
    ...['--add-needed', 'libforkless-files.so'],
    program,
  ]);
}
