import { attribute } from './attribute.js';
import { boolean } from './codecs.js';
import { toggle } from './flags.js';

export interface CloexecDefaultOption {
  /**
   * true: only descriptors that are named survive, by `fds` and `fileActions`, or by the drop-in's `stdio` and
   * `inheritFds`. Default: false, in the drop-in true.
   */
  cloexecDefault?: boolean | undefined;
}

export const cloexecDefault = attribute<CloexecDefaultOption>()({
  name: 'cloexecDefault',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  codec: boolean,
  right: () => [true, false],
  phase: 'table',
  memory: 'shared',
  defaults: { posix: false, dropIn: true },
  set(settings, on) {
    settings.onlyNamed = on;
  },
  key: (on) => (on ? 'c' : ''),
  documentation: {
    errors: 'ENOSYS of `sweep`',
    shape: 'boolean',
    default: { posix: '`false`', dropIn: '`true`' },
    meaning:
      'true: only descriptors that `fds` and `fileActions` leave open survive, in the drop-in those of `stdio`, `inheritFds` and `fileActions`. [descriptors.md](descriptors.md#cloexecdefault)',
  },
  commandLine: toggle('cloexec-default'),
  like: { posix: 'POSIX_SPAWN_CLOEXEC_DEFAULT', python: 'close_fds' },
});
