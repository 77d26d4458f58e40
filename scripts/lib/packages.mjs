// Packages of the registry that this project uses without depending on them, each set in a folder of its own.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { at, Failure, npm } from './project.mjs';

/** Everything that scripts/install.mjs gets lies here, apart from packages of the system. */
export const cacheFolder = (...parts) => at('node_modules/.cache', ...parts);

/**
 * A way of scripts/lib/installables.mjs: npm packages, installed without a lock file.
 * @param place a folder of the cache
 * @param packages by the name to print: `spec`, what npm is asked for; `folder`, below node_modules (default: the name);
 *   `file`, what is printed (default: the folder); `version`, where only one will do
 * @param options for npm; `prepare` is called with what was installed, by name
 */
export function packagesIn(place, packages, { options = [], prepare, obstacle = null } = {}) {
  const modules = cacheFolder(place, 'node_modules');
  const find = () => {
    const found = new Map();
    for (const [name, { folder = name, file = '', version }] of Object.entries(packages)) {
      const wanted = path.join(modules, folder, file);
      if (existsSync(wanted) && (version === undefined || version === versionIn(path.join(modules, folder))))
        found.set(name, wanted);
    }
    return found;
  };
  return {
    place: `node_modules/.cache/${place}`,
    names: Object.keys(packages),
    find,
    install() {
      if (obstacle !== null) throw new Failure(obstacle);
      if (find().size === Object.keys(packages).length) return;
      const specs = Object.values(packages).flatMap(({ spec }) => spec ?? []);
      installInto(cacheFolder(place), specs, options);
      prepare?.(find());
    },
  };
}

/**
 * Installs packages into `folder`, in place of what was there. The folder is replaced when npm has succeeded, so it is
 * never half filled. npm's own output goes to stderr: stdout is for the lines that scripts/install.mjs prints.
 */
export function installInto(folder, packages, options = []) {
  const unfinished = `${folder}.${process.pid}`;
  // npm needs a package here to install into. With --prefix instead, it would not find its global settings.
  mkdirSync(unfinished, { recursive: true });
  writeFileSync(`${unfinished}/package.json`, '{ "private": true }\n');
  const usual = ['--no-save', '--no-package-lock', '--ignore-scripts', '--loglevel=error'];
  try {
    npm(['install', ...usual, ...options, ...packages], { stdio: ['ignore', 2, 2], cwd: unfinished });
    rmSync(folder, { recursive: true, force: true });
    renameSync(unfinished, folder);
  } catch (error) {
    // Another process has installed the same in the meantime.
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** Options of npm for what the tests can do without: where there is no network, npm soon gives up. */
export function notWaiting(milliseconds) {
  return ['--fetch-retries=1', '--fetch-retry-mintimeout=1000', `--fetch-timeout=${milliseconds}`];
}

function versionIn(folder) {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')).version;
}
