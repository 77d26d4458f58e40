import { builtin } from '../builtin.js';

const { readFileSync } = builtin('node:fs');

/** As in setrlimit(2); null: no limit. */
export interface ResourceLimit {
  readonly soft: number | null;
  readonly hard: number | null;
}

/** The kernel's limits for processes and descriptors; absent if it does not show them. */
export interface Limits {
  readonly files?: ResourceLimit;
  readonly processes?: ResourceLimit;
  readonly pid_max?: number;
  /** Of this process's cgroup, version 2; null: no limit. */
  readonly 'pids.max'?: number | null;
  readonly seccomp?: 'none' | 'strict' | 'filter';
}

export function limits(): Limits {
  const own = read('/proc/self/limits');
  return known({
    files: limitOf(own, 'Max open files'),
    processes: limitOf(own, 'Max processes'),
    pid_max: numberOf(read('/proc/sys/kernel/pid_max')) ?? undefined,
    'pids.max': pidsMax(),
    seccomp: seccomp(read('/proc/self/status')),
  });
}

/** The name and the text of each. */
export function printLimits(found: Limits): (readonly [string, string])[] {
  const { files, processes, seccomp: mode } = found;
  const texts = {
    files: files && printResource(files),
    processes: processes && printResource(processes),
    pid_max: printNumber(found.pid_max),
    'pids.max': printNumber(found['pids.max']),
    seccomp: mode === 'filter' ? 'a filter, which may refuse system calls' : mode,
  };
  return Object.entries(known(texts));
}

function printResource({ soft, hard }: ResourceLimit): string {
  return `${printNumber(soft)} (at most ${printNumber(hard)})`;
}

function printNumber(value: number | null | undefined): string | undefined {
  return value === null ? 'unlimited' : value?.toString();
}

function known<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** null: a word such as 'unlimited' or 'max'. undefined: an empty text. */
function numberOf(text: string): number | null | undefined {
  const word = text.trim();
  if (word === '') return undefined;
  return /^\d+$/.test(word) ? Number(word) : null;
}

export function limitOf(text: string, name: string): ResourceLimit | undefined {
  const [, soft = '', hard = ''] = new RegExp(`^${name} +(\\S+) +(\\S+)`, 'm').exec(text) ?? [];
  return soft === '' ? undefined : { soft: numberOf(soft) ?? null, hard: numberOf(hard) ?? null };
}

function pidsMax(): number | null | undefined {
  const [, group] = /^0::(.*)$/m.exec(read('/proc/self/cgroup')) ?? [];
  return group === undefined ? undefined : numberOf(read(`/sys/fs/cgroup${group}/pids.max`));
}

function seccomp(status: string): Limits['seccomp'] {
  const [, mode] = /^Seccomp:\s*(\d)/m.exec(status) ?? [];
  return (['none', 'strict', 'filter'] as const)[Number(mode ?? Number.NaN)];
}
