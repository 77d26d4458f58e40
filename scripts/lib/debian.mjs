// Fetches packages of Debian by apt, with folders of its own: nothing is installed on this system, and it need not be set
// up for a foreign architecture. The archives are those that this system's own apt sources name.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Failure, run, toolEnv } from './project.mjs';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Debian's archives cannot be used: there is no network, no apt, or no archive in this system's apt sources. */
export class Unreachable extends Failure {}

/** The programs that fetch packages and unpack them. */
export const fetchingPrograms = ['apt-get', 'dpkg-deb'];

/** Architectures by Node's names, and what Debian calls them. */
export const debianArchs = { x64: 'amd64', arm64: 'arm64' };

/**
 * Reads the package lists for `arch` and returns a function that runs apt's programs with them. They write only into
 * `folder`. `choices` gets [address, suite] of each archive in this system's apt sources, and returns lists of such
 * pairs. The first list that apt can read is used.
 */
export function openArchives(folder, arch, choices) {
  for (const part of ['lists/partial', 'cache/archives/partial'])
    mkdirSync(`${folder}/${part}`, { recursive: true });
  const settings = {
    'Dir::State': folder,
    'Dir::State::status': '/dev/null', // as if nothing were installed, so that apt fetches all dependencies
    'Dir::Cache': `${folder}/cache`,
    'APT::Architecture': arch,
    'APT::Architectures': arch,
    'APT::Sandbox::User': 'root', // the user of apt may not be able to enter the folder
    'Acquire::Languages': 'none',
    'Acquire::http::Timeout': '20',
    'Acquire::https::Timeout': '20',
    'Acquire::Retries': '1',
  };
  const list = `${folder}/sources.list`;
  const onlyList = { 'Dir::Etc::sourcelist': list, 'Dir::Etc::sourceparts': '/dev/null' };
  const apt = (program, args, options) => runApt(program, { ...settings, ...onlyList }, args, options);

  for (const wanted of choices(knownArchives(settings))) {
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
  throw new Unreachable('the archives of Debian cannot be read');
}

const install = ['--yes', '--no-install-recommends'];

/** The names of the .deb files of `packages` and their dependencies. They change when the archive has newer ones. */
export function namesOfPackages(apt, packages) {
  return apt('apt-get', [...install, '--print-uris', 'install', ...packages])
    .split('\n')
    .map((line) => /^'\S+' (\S+\.deb) /.exec(line)?.[1])
    .filter((name) => name !== undefined)
    .sort();
}

/** Fetches `packages` and their dependencies. Returns the .deb files. */
export function fetchPackages(apt, folder, packages) {
  apt('apt-get', [...install, '--download-only', 'install', ...packages]);
  return debsIn(`${folder}/cache/archives`);
}

/** Fetches one package without its dependencies. */
export function fetchAlone(apt, folder, name) {
  mkdirSync(folder, { recursive: true });
  apt('apt-get', ['download', name], { cwd: folder });
  return debsIn(folder)[0];
}

export function unpack(deb, folder) {
  mkdirSync(folder, { recursive: true });
  run('dpkg-deb', ['--extract', deb, folder]);
}

const targetFormat = '$(REPO_URI) $(RELEASE) $(COMPONENT)';

/** [address, suite] of Debian's own archives. */
function knownArchives(settings) {
  runApt('apt-get', settings, ['update']); // with this system's sources; an archive without `arch` is passed over
  const targets = runApt('apt-get', settings, ['indextargets', '--format', targetFormat]);
  const found = [...new Set(targets.split('\n'))]
    .map((line) => line.split(' '))
    .filter(([address, , component]) => component === 'main' && /\/debian(?:-security)?\/$/.test(address));
  if (found.length === 0 || !existsSync(keyring))
    throw new Unreachable("no archive of Debian is in this system's apt sources");
  return found.map(([address, suite]) => [address, suite]);
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
