import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { meddle } from './meddle.js';
import { statusField } from './proc.js';

const FIELDS = [
  ...['Uid', 'Gid', 'Groups', 'Umask', 'NSpgid', 'NSsid', 'CapEff', 'CapPrm', 'NoNewPrivs'],
  ...['CapInh', 'CapBnd', 'CapAmb'],
  ...['SigBlk', 'SigIgn', 'SigCgt'],
];

/** Policy, priority and nice: the 41st, 40th and 19th field, of which the first two are in front of these. */
const SCHEDULING = [16, 37, 38];

/** What of a process its children must not change: of all threads, as /proc tells it. */
export interface ProcessState {
  readonly threads: string[];
  readonly dumpable: number;
  readonly oom: string;
  readonly coredump: string;
  readonly limits: string;
  readonly cwd: string;
  readonly root: string;
  /** Group, session, terminal and its foreground group. */
  readonly terminal: string;
}

export function processState(): ProcessState {
  return {
    threads: readdirSync('/proc/self/task').map((task) => threadState(Number(task))),
    dumpable: meddle.getDumpable(),
    oom: readFileSync('/proc/self/oom_score_adj', 'latin1'),
    coredump: existsSync('/proc/self/coredump_filter')
      ? readFileSync('/proc/self/coredump_filter', 'latin1')
      : '',
    limits: readFileSync('/proc/self/limits', 'latin1'),
    cwd: process.cwd(),
    root: readlinkSync('/proc/self/root'),
    terminal: statFields('self').slice(2, 6).join(),
  };
}

/** From the third field on. */
function statFields(of: string): readonly string[] {
  return readFileSync(`/proc/${of}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? [];
}

function threadState(task: number): string {
  const stat = statFields(`self/task/${task}`);
  const fields = FIELDS.map((name) => statusField(name, task));
  const cgroup = readFileSync(`/proc/self/task/${task}/cgroup`, 'latin1');
  return [...fields, cgroup, ...SCHEDULING.map((place) => stat[place])].join();
}
