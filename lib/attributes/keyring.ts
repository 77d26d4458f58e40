import { invalidArgValue } from '../validate.js';
import { attribute } from './attribute.js';
import { wrong } from './codecs.js';
import { asText, flag } from './flags.js';

export interface KeyringOption {
  /**
   * `'private'`: a new session keyring, which only the program and its children have. ENOSYS or EPERM where the kernel or
   * a container does not allow it. Default: this process's own. Source: session-keyring(7).
   */
  keyring?: 'private' | undefined;
}

export const keyring = attribute<KeyringOption>()({
  name: 'keyring',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  codec: {
    check(name, value) {
      if (value !== 'private') throw invalidArgValue(name, value, "must be 'private'");
      return value;
    },
    wrong: () =>
      [null, true, 'shared', 'PRIVATE', ['private']].map((value) =>
        wrong('ERR_INVALID_ARG_VALUE', `${JSON.stringify(value)}`, value),
      ),
  },
  right: () => ['private'],
  // before the ids: the keyring belongs to the user that makes it
  phase: 'identity',
  memory: 'own',
  key: (kind) => kind,
  steps: () => [{ op: 'join-keyring' }],
  trial: () => ({ keyring: 'private' }),
  documentation: {
    errors: 'ENOSYS, EPERM, EDQUOT of `join-keyring`',
    kernel: 'with keyrings',
    shape: "`'private'`",
    default: { posix: "the parent's" },
    meaning: 'A new session keyring, without the keys of the parent. session-keyring(7)',
  },
  commandLine: flag('keyring', 'private', (text) => asText(text) as 'private'),
  like: { systemd: 'KeyringMode=' },
});
