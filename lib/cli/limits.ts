import { readFileSync } from 'node:fs';

/** What bounds the number of processes and descriptors, as the kernel says it; empty where there is no /proc. */
export function limits(): Record<string, string> {
  const own = read('/proc/self/limits');
  const status = read('/proc/self/status');
  const found = {
    files: limitOf(own, 'Max open files'),
    processes: limitOf(own, 'Max processes'),
    pid_max: read('/proc/sys/kernel/pid_max').trim(),
    'pids.max': pidsMax(),
    seccomp: seccomp(status),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== ''));
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function limitOf(text: string, name: string): string {
  const [, soft, hard] = new RegExp(`^${name} +(\\S+) +(\\S+)`, 'm').exec(text) ?? [];
  return soft === undefined ? '' : `${soft} (at most ${hard})`;
}

/** Of this process's cgroup, version 2. */
function pidsMax(): string {
  const [, group] = /^0::(.*)$/m.exec(read('/proc/self/cgroup')) ?? [];
  return group === undefined ? '' : read(`/sys/fs/cgroup${group}/pids.max`).trim();
}

function seccomp(status: string): string {
  const [, mode] = /^Seccomp:\s*(\d)/m.exec(status) ?? [];
  return ['none', 'strict', 'a filter, which may refuse system calls'][Number(mode ?? Number.NaN)] ?? '';
}
