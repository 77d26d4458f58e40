/** A capability: the names of capabilities(7) without CAP_, in small letters. */
export type Capability =
  | 'chown'
  | 'dac_override'
  | 'dac_read_search'
  | 'fowner'
  | 'fsetid'
  | 'kill'
  | 'setgid'
  | 'setuid'
  | 'setpcap'
  | 'linux_immutable'
  | 'net_bind_service'
  | 'net_broadcast'
  | 'net_admin'
  | 'net_raw'
  | 'ipc_lock'
  | 'ipc_owner'
  | 'sys_module'
  | 'sys_rawio'
  | 'sys_chroot'
  | 'sys_ptrace'
  | 'sys_pacct'
  | 'sys_admin'
  | 'sys_boot'
  | 'sys_nice'
  | 'sys_resource'
  | 'sys_time'
  | 'sys_tty_config'
  | 'mknod'
  | 'lease'
  | 'audit_write'
  | 'audit_control'
  | 'setfcap'
  | 'mac_override'
  | 'mac_admin'
  | 'syslog'
  | 'wake_alarm'
  | 'block_suspend'
  | 'audit_read'
  | 'perfmon'
  | 'bpf'
  | 'checkpoint_restore';

/** By the kernel's number. */
export const capabilityNames = [
  'chown',
  'dac_override',
  'dac_read_search',
  'fowner',
  'fsetid',
  'kill',
  'setgid',
  'setuid',
  'setpcap',
  'linux_immutable',
  'net_bind_service',
  'net_broadcast',
  'net_admin',
  'net_raw',
  'ipc_lock',
  'ipc_owner',
  'sys_module',
  'sys_rawio',
  'sys_chroot',
  'sys_ptrace',
  'sys_pacct',
  'sys_admin',
  'sys_boot',
  'sys_nice',
  'sys_resource',
  'sys_time',
  'sys_tty_config',
  'mknod',
  'lease',
  'audit_write',
  'audit_control',
  'setfcap',
  'mac_override',
  'mac_admin',
  'syslog',
  'wake_alarm',
  'block_suspend',
  'audit_read',
  'perfmon',
  'bpf',
  'checkpoint_restore',
] as const satisfies readonly Capability[];

/** Stands for all that the child has. */
export const EVERY_CAPABILITY = (1n << 64n) - 1n;

/** The names in a set. */
export function namesOfCapabilities(set: bigint): readonly Capability[] | 'all' {
  if (set === EVERY_CAPABILITY) return 'all';
  return capabilityNames.filter((_, number) => (set >> BigInt(number)) & 1n);
}

/** A set of capabilities for people. */
export function printCapabilities(set: bigint): string {
  const names = namesOfCapabilities(set);
  return names === 'all' ? names : names.join(' ') || 'none';
}
