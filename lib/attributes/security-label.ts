import { APPARMOR, encodeLabel, SELINUX } from '../plan/labels.js';
import { checkObject, checkString, invalidArgValue } from '../validate.js';
import { attribute } from './attribute.js';
import type { Codec } from './codecs.js';
import { wrong } from './codecs.js';
import { readFields } from './fields.js';
import type { CommandLine } from './flags.js';
import { ownLabel } from './trial-values.js';

/** One of the two at least. */
export interface SecurityLabel {
  /** The AppArmor profile, as aa_change_onexec(3) takes it. */
  readonly apparmor?: string | undefined;
  /** The SELinux context, as setexeccon(3) takes it. */
  readonly selinux?: string | undefined;
}

export interface SecurityLabelOption {
  /**
   * The label that exec gives to the program. ENOTSUP, of the step `apparmor` or `selinux`, where the kernel does not run
   * that security module. Default: what the module decides. Source: lsm_set_self_attr(2), /proc/thread-self/attr/exec.
   */
  securityLabel?: SecurityLabel | undefined;
}

export interface Labels {
  readonly apparmor: string | undefined;
  readonly selinux: string | undefined;
}

const keys = ['apparmor', 'selinux'];

const labels: Codec<Labels> = {
  check(name, value) {
    const refuse = () => invalidArgValue(name, value, 'must have apparmor, selinux or both');
    const [apparmor, selinux] = readFields(checkObject(name, value), keys, refuse);
    if (apparmor === undefined && selinux === undefined) throw refuse();
    return {
      apparmor: checkLabel(`${name}.apparmor`, apparmor),
      selinux: checkLabel(`${name}.selinux`, selinux),
    };
  },
  wrong: () => [
    ...[null, 5, 'unconfined', true, []].map((value) =>
      wrong('ERR_INVALID_ARG_TYPE', `${JSON.stringify(value)}`, value),
    ),
    wrong('ERR_INVALID_ARG_VALUE', 'neither', {}),
    wrong('ERR_INVALID_ARG_VALUE', 'another module', { smack: 'x' }),
    wrong('ERR_INVALID_ARG_TYPE', 'a profile as number', { apparmor: 5 }, '.apparmor'),
    wrong('ERR_INVALID_ARG_TYPE', 'null as context', { selinux: null }, '.selinux'),
    wrong('ERR_INVALID_ARG_VALUE', 'an empty profile', { apparmor: '' }, '.apparmor'),
    wrong('ERR_INVALID_ARG_VALUE', 'a null byte', { selinux: 'a\0b' }, '.selinux'),
  ],
};

function checkLabel(name: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const label = checkString(name, value);
  // an empty text would take back a label that was set before
  if (label === '') throw invalidArgValue(name, value, 'must not be empty');
  return label;
}

const commandLine: CommandLine<SecurityLabel> = {
  flags: [
    { name: 'apparmor', value: 'PROFILE' },
    { name: 'selinux', value: 'CONTEXT' },
  ],
  about: null,
  parse: (given) => Object.fromEntries(given.map(({ flag, text }) => [flag, text])),
};

export const securityLabel = attribute<SecurityLabelOption>()({
  name: 'securityLabel',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  codec: labels,
  right: () => [
    { apparmor: 'unconfined' },
    { selinux: 'system_u:system_r:init_t:s0' },
    { apparmor: 'p', selinux: 'c' },
  ],
  // before noNewPrivs, after which a module may refuse it
  phase: 'promise',
  memory: 'shared',
  key: ({ apparmor = '', selinux = '' }) => JSON.stringify([apparmor, selinux]),
  steps: ({ apparmor, selinux }) => [
    ...(apparmor === undefined
      ? []
      : [{ op: 'apparmor', label: encodeLabel(APPARMOR, `exec ${apparmor}`) } as const]),
    ...(selinux === undefined ? [] : [{ op: 'selinux', label: encodeLabel(SELINUX, selinux) } as const]),
  ],
  trial: () => ({ securityLabel: ownLabel() }),
  documentation: {
    errors: 'ENOTSUP, ENOENT, EACCES, EINVAL of `apparmor`, `selinux`',
    kernel: 'with AppArmor or SELinux',
    shape: '`{ apparmor?, selinux? }`',
    default: { posix: 'what the security module decides' },
    meaning:
      'AppArmor profile and SELinux context that exec gives to the program (type `SecurityLabel`). ENOTSUP where the kernel does not run that module. lsm_set_self_attr(2)',
  },
  commandLine,
  like: {
    systemd: 'AppArmorProfile=, SELinuxContext=',
    utilLinux: 'setpriv --apparmor-profile, --selinux-label',
  },
});
