// Installs and builds what a script needs. Imports no package: in a fresh clone there are none.
import { existsSync } from 'node:fs';
import { isBuilt, isInstalled } from './fresh.mjs';
import { prebuildTroubles } from './prebuilds.mjs';
import { at, npm, runNode } from './project.mjs';

/** Installs what the lock file says, unless it is installed already. */
export function install() {
  if (!isInstalled()) npm(['ci', '--include=dev']);
}

/**
 * Installs and builds what is not up to date. If nothing was built here and prebuilds/ was made of the present sources,
 * its binary is used, and no compiler is needed. A binary that was built here would be loaded first.
 */
export function prepare() {
  install();
  const prebuilt = !existsSync(at('build/Release/forkless.node')) && prebuildTroubles().length === 0;
  if (!prebuilt && !isBuilt('native')) runNode(at('scripts/build-native.mjs'), []);
  if (!isBuilt('ts')) runNode(at('scripts/build-ts.mjs'), []);
}
