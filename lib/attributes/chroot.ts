import type { Bytes } from '../bytes.js';
import type { Step } from '../plan/vocabulary.js';
import { attribute, checkedValue } from './attribute.js';
import { bytes } from './codecs.js';
import { cwd } from './cwd.js';
import { asText, flag } from './flags.js';
import type { Values } from './settings.js';

export interface ChrootOption {
  /**
   * The root directory of the program, entered after all files have been opened. `cwd` is then a path in it, by default
   * `/`, and so is the path of the program. Needs CAP_SYS_CHROOT, else EPERM. Not a sandbox by itself. Default: this
   * process's own root. Source: chroot(2).
   */
  chroot?: Bytes | undefined;
}

/** `check-cwd`: through a link in /proc, even a path in the new root may lead out of it. */
function enterRoot(path: Bytes, all: Values): readonly Step[] {
  const inside = checkedValue(all, cwd);
  return inside === undefined
    ? [{ op: 'chroot', path }]
    : [{ op: 'chroot', path }, { op: 'chdir', path: inside }, { op: 'check-cwd' }];
}

export const chroot = attribute<ChrootOption>()({
  name: 'chroot',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  codec: bytes,
  right: () => ['/', '', Uint8Array.of(0x2f)],
  // relative paths of the file actions start outside, where the caller has opened everything else too
  phase: 'root',
  memory: 'shared',
  steps: enterRoot,
  key: (path) => (typeof path === 'string' ? path : null),
  trial: () => ({ chroot: '/' }),
  documentation: {
    errors: 'EPERM, ENOENT, ENOTDIR of `chroot`',
    shape: '`Bytes`',
    default: { posix: "the parent's root" },
    meaning:
      'Root directory, entered after `fds` and `fileActions` have opened everything. `cwd` (by default `/`) and the program are paths in it. EPERM without CAP_SYS_CHROOT. [Not a sandbox by itself.](posix-spawn.md#chroot) chroot(2)',
  },
  commandLine: flag('chroot', 'DIR', asText),
  like: { systemd: 'RootDirectory=', go: 'SysProcAttr.Chroot', utilLinux: 'chroot' },
});
