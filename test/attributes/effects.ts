// What attributes of the task do, and how they are refused: asked of an exec'ed program by every door.
import { readFileSync } from 'node:fs';
import type { Options, Refusal } from '../support/every-door.js';
import { everyDoor, refusalBy, reportBy } from '../support/every-door.js';
import type { ProbeReport, ProbeTask } from '../support/probe.js';

export interface Effect {
  readonly title: string;
  readonly options: Options;
  /** What differs from the report of a start without options. */
  readonly finds?: Partial<ProbeTask> | ((report: ProbeReport, plain: ProbeReport) => Partial<ProbeTask>);
  readonly refused?: Refusal;
  /** Of an ordinary user, where that differs. */
  readonly refusedToUsers?: Refusal;
  /** Only where the kernel has NUMA. */
  readonly numa?: true;
}

/** A CPU on which this process may run. */
const cpu = Number(/^Cpus_allowed_list:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]);
const linux32 = process.arch === 'x64' ? 8 : null;

const affinity: Refusal = { code: 'EINVAL', step: 'affinity', syscall: 'sched_setaffinity' };
const numa: Refusal = { code: 'EINVAL', step: 'numa-policy', syscall: 'set_mempolicy' };
const securebits: Refusal = { code: 'EPERM', step: 'securebits', syscall: 'prctl' };
const scheduler: Refusal = { code: 'EPERM', step: 'setscheduler', syscall: 'sched_setscheduler' };

export const effects: readonly Effect[] = [
  { title: 'cpuAffinity: one CPU', options: { cpuAffinity: [cpu] }, finds: { cpus: `${cpu}` } },
  { title: 'cpuAffinity: one CPU, twice', options: { cpuAffinity: [cpu, cpu] }, finds: { cpus: `${cpu}` } },
  { title: 'cpuAffinity: a CPU that is not there', options: { cpuAffinity: [8191] }, refused: affinity },
  {
    title: 'cpuAffinity: a CPU that is not there beside one that is',
    options: { cpuAffinity: [cpu, 8190] },
    refused: affinity,
  },
  { title: 'ioPriority: idle', options: { ioPriority: { class: 'idle' } }, finds: { ioPriority: 0x6000 } },
  {
    title: 'ioPriority: best-effort, by default 4',
    options: { ioPriority: { class: 'best-effort' } },
    finds: { ioPriority: 0x4004 },
  },
  {
    title: 'ioPriority: best-effort 7',
    options: { ioPriority: { class: 'best-effort', level: 7 } },
    finds: { ioPriority: 0x4007 },
  },
  {
    title: 'ioPriority: realtime 0',
    options: { ioPriority: { class: 'realtime', level: 0 } },
    finds: { ioPriority: 0x2000 },
    refusedToUsers: { code: 'EPERM', step: 'io-priority', syscall: 'ioprio_set' },
  },
  ...(
    [
      [{ mode: 'bind', nodes: [0] }, [2, 0]],
      [{ mode: 'preferred', nodes: [0] }, [1, 0]],
      [{ mode: 'interleave', nodes: [0] }, [3, 0]],
      [{ mode: 'local' }, [4]],
      [{ mode: 'default' }, [0]],
    ] as const
  ).map(
    ([numaPolicy, memoryPolicy]): Effect => ({
      title: `numaPolicy: ${numaPolicy.mode}`,
      options: { numaPolicy },
      finds: { memoryPolicy },
      numa: true,
    }),
  ),
  {
    title: 'numaPolicy: a node that is not there',
    options: { numaPolicy: { mode: 'bind', nodes: [1023] } },
    refused: numa,
    numa: true,
  },
  {
    title: 'numaPolicy: a node that is not there beside one that is',
    options: { numaPolicy: { mode: 'interleave', nodes: [0, 63] } },
    refused: numa,
    numa: true,
  },
  { title: 'timerSlack: 1', options: { timerSlack: 1 }, finds: { timerSlack: 1 } },
  {
    title: 'timerSlack: more than 32 bits',
    options: { timerSlack: 2 ** 40 + 1 },
    finds: { timerSlack: 2 ** 40 + 1 },
  },
  {
    title: 'timerSlack: 0, what the parent has',
    options: { timerSlack: 0 },
    finds: (_, plain) => ({ timerSlack: plain.task.timerSlack }),
  },
  { title: 'schedResetOnFork: alone', options: { schedResetOnFork: true }, finds: { resetOnFork: true } },
  {
    title: 'schedResetOnFork: with a policy',
    options: { schedResetOnFork: true, schedPolicy: 'SCHED_BATCH' },
    finds: { resetOnFork: true },
  },
  {
    title: 'schedResetOnFork: with a priority',
    options: { schedResetOnFork: true, schedPriority: 0 },
    finds: { resetOnFork: true },
  },
  {
    title: 'schedResetOnFork: with a real-time policy',
    options: { schedResetOnFork: true, schedPolicy: 'SCHED_FIFO', schedPriority: 3 },
    finds: { resetOnFork: true, timerSlack: 0 },
    refusedToUsers: scheduler,
  },
  { title: 'schedResetOnFork: false', options: { schedResetOnFork: false }, finds: {} },
  { title: 'noNewPrivs: true', options: { noNewPrivs: true }, finds: { noNewPrivs: 1 } },
  { title: 'noNewPrivs: false', options: { noNewPrivs: false }, finds: {} },
  { title: 'childSubreaper: true', options: { childSubreaper: true }, finds: { subreaper: true } },
  { title: 'childSubreaper: false', options: { childSubreaper: false }, finds: {} },
  {
    title: 'personality: a flag',
    options: { personality: 'addr-no-randomize' },
    finds: { personality: 0x40000 },
  },
  {
    title: 'personality: several, and as a number',
    options: { personality: ['addr-compat-layout', 'uname-2.6', 'linux64'] },
    finds: { personality: 0x220000 },
  },
  { title: 'personality: a number', options: { personality: 0x2000000 }, finds: { personality: 0x2000000 } },
  { title: 'personality: none', options: { personality: [] }, finds: { personality: 0 } },
  ...(linux32 === null
    ? []
    : [
        {
          title: 'personality: linux32',
          options: { personality: 'linux32' },
          finds: { personality: 8 },
        } as Effect,
      ]),
  {
    title: 'securebits: some',
    options: { securebits: ['no_setuid_fixup', 'no_cap_ambient_raise_locked'] },
    finds: { securebits: 4 | 128 },
    refusedToUsers: securebits,
  },
  {
    title: 'securebits: noroot and its lock, which take the capabilities of root',
    options: { securebits: ['noroot', 'noroot_locked'] },
    finds: { securebits: 3, capabilities: '0000000000000000' },
    refusedToUsers: securebits,
  },
  {
    title: 'securebits: keep_caps, which exec clears',
    options: { securebits: ['keep_caps', 'keep_caps_locked'] },
    finds: { securebits: 32 },
    refusedToUsers: securebits,
  },
  {
    title: 'all together',
    options: {
      cpuAffinity: [cpu],
      ioPriority: { class: 'idle' },
      timerSlack: 7,
      schedResetOnFork: true,
      nice: 19,
      noNewPrivs: true,
      personality: 'short-inode',
      childSubreaper: true,
      rlimits: { nofile: { soft: 3 } },
    },
    finds: {
      cpus: `${cpu}`,
      ioPriority: 0x6000,
      timerSlack: 7,
      resetOnFork: true,
      noNewPrivs: 1,
      personality: 0x1000000,
      subreaper: true,
    },
  },
];

/** What was not as it should be, by door and title. */
export interface Verdict {
  readonly wrong: Record<string, unknown>;
  readonly starts: number;
  /** Titles that this kernel cannot show. */
  readonly skipped: string[];
}

/** Tries all effects by every door of the thread that calls. */
export async function tryEffects(): Promise<Verdict> {
  const isRoot = process.getuid?.() === 0;
  const wrong: Record<string, unknown> = {};
  const skipped = new Set<string>();
  let starts = 0;
  for (const [door, run] of everyDoor) {
    const plain = await reportBy(run, {});
    for (const { title, options, finds, refused, refusedToUsers, numa } of effects) {
      if (numa && plain.task.memoryPolicy === null) {
        skipped.add(title);
        continue;
      }
      starts++;
      const expected = refused ?? (isRoot ? undefined : refusedToUsers);
      const seen = await (expected === undefined
        ? reportBy(run, options).then((report) => report)
        : refusalBy(run, options)
      ).catch((error: Error) => ({ error: `${error}` }));
      const wanted =
        expected ??
        ('task' in seen
          ? { ...plain.task, ...(typeof finds === 'function' ? finds(seen, plain) : finds) }
          : 'a report');
      const found = 'task' in seen ? seen.task : seen;
      if (JSON.stringify(found) !== JSON.stringify(wanted)) wrong[`${door}: ${title}`] = { found, wanted };
    }
  }
  return { wrong, starts, skipped: [...skipped] };
}
