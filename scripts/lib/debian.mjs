// Packages of Debian, by apt with folders of its own: the system that runs this learns nothing of them and needs no
// foreign architecture. Which archives is what this system's own sources say.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Failure, run, toolEnv } from './project.mjs';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** There is no network, or no archive of Debian that this system knows. */
export class Unreachable extends Failure {}

/** What is needed to fetch packages and to unpack them. */
export const fetchingPrograms = ['apt-get', 'dpkg-deb'];

/** Debian's names of the processors. */
export const debianArchs = { x64: 'amd64', arm64: 'arm64' };

/**
 * A function that runs apt's programs for `arch`, with their lists read; what they write stays in `folder`. `choices`
 * takes [address, suite] of each archive that this system knows, and returns lists of such: the first that can be read
 * is the one.
 */
export function openArchives(folder, arch, choices) {
  for (const part of ['lists/partial', 'cache/archives/partial'])
    mkdirSync(`${folder}/${part}`, { recursive: true });
  const settings = {
    'Dir::State': folder,
    'Dir::State::status': '/dev/null', // nothing is installed: all that is needed is fetched
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

/** The names of the .deb files of `packages` and of all that they need: they tell one state of the archive from another. */
export function namesOfPackages(apt, packages) {
  return apt('apt-get', [...install, '--print-uris', 'install', ...packages])
    .split('\n')
    .map((line) => /^'\S+' (\S+\.deb) /.exec(line)?.[1])
    .filter((name) => name !== undefined)
    .sort();
}

/** Fetches `packages` and all that they need. Returns the .deb files. */
export function fetchPackages(apt, folder, packages) {
  apt('apt-get', [...install, '--download-only', 'install', ...packages]);
  return debsIn(`${folder}/cache/archives`);
}

/** Fetches one package without what it needs. */
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
  runApt('apt-get', settings, ['update']); // as the system has them; one that has nothing for `arch` is passed over
  const targets = runApt('apt-get', settings, ['indextargets', '--format', targetFormat]);
  const found = [...new Set(targets.split('\n'))]
    .map((line) => line.split(' '))
    .filter(([address, , component]) => component === 'main' && /\/debian(?:-security)?\/$/.test(address));
  if (found.length === 0 || !existsSync(keyring)) throw new Unreachable('no archive of Debian is known here');
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
