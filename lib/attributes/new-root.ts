import type { Values } from './settings.js';

/** `cwd` is then a path in the new root, which `chroot` itself enters. By its name: the two files know each other. */
export function hasNewRoot(all: Values): boolean {
  return 'chroot' in all;
}
