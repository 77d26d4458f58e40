// Packages of the registry in the versions of a lock file that lies in this repository.
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder, notWaiting } from './packages.mjs';
import { at, npm } from './project.mjs';

/**
 * A way of scripts/lib/installables.mjs: what `npm ci` installs.
 * @param place a folder of the cache @param source the folder of package.json and package-lock.json
 */
export function lockedPackages(place, name, source) {
  const folder = cacheFolder(place);
  const find = () => new Map(isCurrent(folder, source) ? [[name, folder]] : []);
  return {
    place: `node_modules/.cache/${place}`,
    names: [name],
    find,
    install() {
      if (find().size === 0) installLocked(folder, source);
    },
  };
}

/** The copy of the lock file in `folder` tells from which one it was installed. */
function isCurrent(folder, source) {
  const [wanted, present] = [at(source), folder].map((place) =>
    textOf(path.join(place, 'package-lock.json')),
  );
  return wanted === present && existsSync(path.join(folder, 'node_modules/.package-lock.json'));
}

function installLocked(folder, source) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of ['package.json', 'package-lock.json'])
    copyFileSync(at(source, name), path.join(folder, name));
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  try {
    npm(['ci', '--include=dev', ...quiet, ...notWaiting(60_000)], { stdio: ['ignore', 2, 2], cwd: folder });
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

function textOf(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
