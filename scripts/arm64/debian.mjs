// Packages of Debian for arm64, by apt with folders of its own: the system that runs this learns nothing of them and
// needs no foreign architecture. Which archives is what this system's own sources say.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Failure, toolEnv } from '../lib/project.mjs';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * The .deb files of `packages` and of all that they need, and that of the kernel which `kernel`, a package without
 * content, stands for. The kernel is that of the backports where there are any: years ahead of the release's own.
 */
export function fetchPackages(folder, packages, kernel) {
  for (const part of ['lists/partial', 'cache/archives/partial', 'kernel'])
    mkdirSync(`${folder}/${part}`, { recursive: true });
  const apt = openApt(folder);
  apt('apt-get', ['download', newestImage(apt, kernel)], { cwd: `${folder}/kernel` });
  apt('apt-get', ['--yes', '--no-install-recommends', '--download-only', 'install', ...packages]);
  return { kernel: debsIn(`${folder}/kernel`)[0], packages: debsIn(`${folder}/cache/archives`) };
}

/** A function that runs apt's programs for arm64, with their lists read. */
function openApt(folder) {
  const settings = {
    'Dir::State': folder,
    'Dir::State::status': '/dev/null', // nothing is installed: all that is needed is fetched
    'Dir::Cache': `${folder}/cache`,
    'APT::Architecture': 'arm64',
    'APT::Architectures': 'arm64',
    'APT::Sandbox::User': 'root', // the user of apt may not be able to enter the folder
    'Acquire::Languages': 'none',
    'Acquire::http::Timeout': '20',
    'Acquire::https::Timeout': '20',
    'Acquire::Retries': '1',
  };
  const list = `${folder}/sources.list`;
  const onlyList = { 'Dir::Etc::sourcelist': list, 'Dir::Etc::sourceparts': '/dev/null' };
  const apt = (program, args, options) => runApt(program, { ...settings, ...onlyList }, args, options);

  runApt('apt-get', settings, ['update']); // as the system has them; one that has nothing for arm64 is passed over
  const sources = debianSources(runApt('apt-get', settings, ['indextargets', '--format', targetFormat]));
  const backports = sources
    .filter(([, suite]) => /^[a-z]+$/.test(suite))
    .map(([address, suite]) => [address, `${suite}-backports`]);
  for (const wanted of [[...sources, ...backports], sources]) {
    writeFileSync(
      list,
      wanted.map((source) => `deb [signed-by=${keyring}] ${source.join(' ')} main\n`).join(''),
    );
    try {
      apt('apt-get', ['--error-on=any', 'update']);
      return apt;
    } catch (error) {
      console.error(error.message);
    }
  }
  throw new Failure('the archives of Debian cannot be read');
}

const targetFormat = '$(REPO_URI) $(RELEASE) $(COMPONENT)';

/** [address, suite] of Debian's own archives. */
function debianSources(targets) {
  const found = [...new Set(targets.split('\n'))]
    .map((line) => line.split(' '))
    .filter(([address, , component]) => component === 'main' && /\/debian(?:-security)?\/$/.test(address));
  if (found.length === 0 || !existsSync(keyring)) throw new Failure('no archive of Debian is known here');
  return found.map(([address, suite]) => [address, suite]);
}

function newestImage(apt, kernel) {
  const versions = apt('apt-cache', ['madison', kernel]).match(/(?<=\| *)\d\S+/g) ?? [];
  // 6.12 is newer than 6.1: by number, part by part.
  const [newest] = versions.sort((one, other) => other.localeCompare(one, 'en', { numeric: true }));
  const described = apt('apt-cache', ['show', `${kernel}=${newest}`]);
  const image = /^Depends:.*?\b(linux-image-\S+)/m.exec(described)?.[1];
  if (image === undefined) throw new Failure(`${kernel} ${newest} does not say which kernel it is`);
  return image;
}

function runApt(program, settings, args, options) {
  const set = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  const { error, status, stdout, stderr } = spawnSync(program, [...set, ...args], {
    ...options,
    env: { ...toolEnv(), LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status !== 0)
    throw new Failure(`${program} ${args[0]}: ${error?.code ?? `ended with ${status}`}\n${stderr}`);
  return stdout;
}

function debsIn(folder) {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.deb'))
    .map((name) => path.join(folder, name));
}
