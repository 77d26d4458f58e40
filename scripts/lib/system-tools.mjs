// Programs of the system that the lint, the tests and the prebuilds need beside Node and a C compiler. Installed by apt,
// where there is an apt and we are root or may use sudo without a password.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { Failure } from './project.mjs';

/** Program, or file: packages of Debian. */
const packagesOf = {
  clang: ['clang'],
  'clang-format': ['clang-format'],
  'clang-tidy': ['clang-tidy'],
  strace: ['strace'],
  'aarch64-linux-gnu-gcc': ['gcc-aarch64-linux-gnu', 'libc6-dev-arm64-cross'],
  'aarch64-linux-gnu-g++': ['g++-aarch64-linux-gnu'],
  'x86_64-linux-gnu-g++': ['g++-x86-64-linux-gnu'],
  'qemu-aarch64-static': ['qemu-user-static'],
  'qemu-system-aarch64': ['qemu-system-arm'],
  ...(process.arch === 'x64' && { '/lib/ld-musl-x86_64.so.1': ['musl'] }),
};

/** A way of scripts/lib/installables.mjs. */
export const systemTools = {
  place: 'the system, by apt',
  names: Object.keys(packagesOf),
  find() {
    const places = Object.keys(packagesOf).map((name) => [name, whichProgram(name)]);
    return new Map(places.filter(([, place]) => place !== undefined));
  },
  install(names) {
    const packages = names.filter((name) => !whichProgram(name)).flatMap((name) => packagesOf[name]);
    if (packages.length === 0) return;
    const asRoot = process.getuid() === 0 ? [] : ['sudo', '-n'];
    if (!whichProgram('apt-get') || !succeeds([...asRoot, 'true']))
      throw new Failure(`no apt, or not root (Debian: ${packages.join(' ')})`);
    console.error(`installing: ${packages.join(' ')}`);
    const apt = [...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get'];
    const install = ['install', '-y', '-qq', '--no-install-recommends', ...packages];
    if (!succeeds([...apt, 'update', '-qq']) || !succeeds([...apt, ...install]))
      throw new Failure(`apt could not install ${packages.join(' ')}`);
  },
};

function succeeds([file, ...args]) {
  return spawnSync(file, args, { stdio: 'ignore' }).status === 0;
}

/** Where it is, on PATH unless it is a path; undefined if it is nowhere. */
function whichProgram(name) {
  const folders = name.includes('/') ? [''] : (process.env.PATH ?? '').split(':');
  return folders
    .map((folder) => path.join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
