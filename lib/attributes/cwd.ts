import type { Bytes } from '../bytes.js';
import { attribute } from './attribute.js';
import { bytes } from './codecs.js';
import { asText, flag } from './flags.js';
import { hasNewRoot } from './new-root.js';

export interface CwdOption {
  /** Working directory, entered before `fds` and `fileActions`, or with `chroot` as a path in the new root. Default: this process's own. Source: chdir(2). */
  cwd?: Bytes | undefined;
}

export const cwd = attribute<CwdOption>()({
  name: 'cwd',
  kind: 'option',
  doors: { posix: 'own', dropIn: 'node' },
  codec: bytes,
  right: () => ['/', '', Uint8Array.of(0x2f)],
  phase: 'cwd',
  memory: 'shared',
  steps: (path, all) => (hasNewRoot(all) ? [] : [{ op: 'chdir', path }]),
  key: (path) => (typeof path === 'string' ? path : null),
  documentation: {
    errors: 'ENOENT, ENOTDIR, EACCES of `chdir`',
    shape: '`Bytes`',
    default: { posix: "the parent's" },
    meaning:
      'Working directory, set before `fds` and `fileActions`; with `chroot` it is a path in the new root, set after them. Fails as step `chdir`.',
  },
  commandLine: flag('cwd', 'DIR', asText),
  like: {
    posix: 'posix_spawn_file_actions_addchdir',
    systemd: 'WorkingDirectory=',
    go: 'ProcAttr.Dir',
    python: 'cwd',
  },
});
