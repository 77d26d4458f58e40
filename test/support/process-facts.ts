// All that the kernel keeps for a process and for each of its threads, and that no start may change.
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from 'node:fs';
import { meddle } from './meddle.js';

/** By its name, with the number of the thread where it is the thread's own. */
export type Facts = Readonly<Record<string, string>>;

/** Lines of /proc/PID/status that change by themselves. */
const CHANGING =
  /^(State|FDSize|Vm\w+|Rss\w+|Hugetlb\w+|Threads|SigQ|SigPnd|ShdPnd|\w*ctxt_switches|CoreDumping|THP_enabled_\w+)$/;

const THREAD_FILES = ['personality', 'cpuset', 'cgroup', 'attr/current', 'attr/exec', 'timerslack_ns'];
const PROCESS_FILES = [
  ...['limits', 'oom_score_adj', 'coredump_filter', 'loginuid', 'sessionid', 'setgroups'],
  ...['uid_map', 'gid_map', 'projid_map', 'timens_offsets', 'autogroup', 'mountinfo'],
];
const THREAD_LINKS = ['cwd', 'root', 'exe'];

export function threadsOf(): number[] {
  return readdirSync('/proc/self/task').map(Number);
}

/** @param threads those that were there at the first look */
export function processFacts(threads: readonly number[]): Facts {
  const facts: Record<string, string> = {};
  for (const name of PROCESS_FILES) facts[name] = read(`/proc/self/${name}`);
  facts['the caller'] = meddle.callerFacts();
  for (const thread of threads)
    for (const [name, value] of factsOfThread(thread)) facts[`${name} of ${thread}`] = value;
  return facts;
}

function factsOfThread(thread: number): [name: string, value: string][] {
  const folder = `/proc/self/task/${thread}`;
  const status = read(`${folder}/status`)
    .split('\n')
    .map((line): [string, string] => [line.split(':')[0] ?? '', line])
    .filter(([name]) => name !== '' && !CHANGING.test(name));
  const names = readdirSync(`${folder}/ns`);
  return [
    ...status,
    // as a process: a thread's own folder does not have it
    ...THREAD_FILES.map((name): [string, string] => [
      name,
      read(name === 'timerslack_ns' ? `/proc/${thread}/${name}` : `${folder}/${name}`),
    ]),
    ...[...THREAD_LINKS, ...names.map((name) => `ns/${name}`)].map((name): [string, string] => [
      name,
      link(`${folder}/${name}`),
    ]),
    ['memory policy', memoryPolicy(folder)],
    ['scheduling', meddle.threadFacts(thread)],
  ];
}

/** The second word of the first line: the mapping has none of its own. Reading it all would walk through all memory. */
function memoryPolicy(folder: string): string {
  const line = Buffer.alloc(256);
  try {
    const fd = openSync(`${folder}/numa_maps`, 'r');
    try {
      readSync(fd, line);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    return codeOf(error);
  }
  return line.toString('latin1').split(' ')[1] ?? '';
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    return codeOf(error);
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch (error) {
    return codeOf(error);
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'an error without a code';
}
