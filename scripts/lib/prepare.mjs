// From a fresh clone to something that runs. Imports nothing that is not there in a fresh clone.
import { existsSync } from 'node:fs';
import { isBuilt, isInstalled } from './fresh.mjs';
import { prebuildTroubles } from './prebuilds.mjs';
import { at, npm, runNode } from './project.mjs';

/** Installs what the lock file says, unless it is there. */
export function install() {
  if (!isInstalled()) npm(['ci', '--include=dev']);
}

/**
 * Installs and builds, each only where it is not up to date. The binary of prebuilds/ will do, so no compiler is needed,
 * as long as it is of this source, and none was built here: that would be loaded first.
 */
export function prepare() {
  install();
  const prebuilt = !existsSync(at('build/Release/forkless.node')) && prebuildTroubles().length === 0;
  if (!prebuilt && !isBuilt('native')) runNode(at('scripts/build-native.mjs'), []);
  if (!isBuilt('ts')) runNode(at('scripts/build-ts.mjs'), []);
}
