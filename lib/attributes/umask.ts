import { attribute } from './attribute.js';
import { integer } from './codecs.js';
import { asOctal, flag } from './flags.js';

export interface UmaskOption {
  /** File mode creation mask, 0 … 0o777. In force before the file actions open anything. Source: umask(2). */
  umask?: number | undefined;
}

export const umask = attribute<UmaskOption>()({
  name: 'umask',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  codec: integer(0, 0o777),
  right: () => [0, 0o27, 0o777],
  phase: 'umask',
  memory: 'shared',
  key: (mask) => `${mask}`,
  steps: (mask) => [{ op: 'umask', mask }],
  documentation: {
    shape: '0 … 0o777',
    default: { posix: "the parent's" },
    meaning: 'File mode creation mask. In force before the file actions create anything. umask(2)',
  },
  commandLine: flag('umask', 'OCTAL', asOctal),
  like: { systemd: 'UMask=', python: 'umask' },
});
