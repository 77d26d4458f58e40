// From a fresh clone to something that runs. Imports nothing that is not there in a fresh clone.
import { isBuilt, isInstalled } from './fresh.mjs';
import { at, npm, runNode } from './project.mjs';

/** Installs what the lock file says, unless it is there. */
export function install() {
  if (!isInstalled()) npm(['ci', '--include=dev']);
}

/** Installs and builds, each only where it is not up to date. */
export function prepare() {
  install();
  if (!isBuilt('native')) runNode(at('scripts/build-native.mjs'), []);
  if (!isBuilt('ts')) runNode(at('scripts/build-ts.mjs'), []);
}
