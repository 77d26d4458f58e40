import { expect } from 'chai';
import { APPARMOR, encodeLabel, SELINUX } from '#lib/plan/labels.js';
import { printPlan } from '#lib/plan/print.js';
import type { Step } from '#lib/plan/vocabulary.js';

const ALL = (1n << 64n) - 1n;

describe('a printed step', () => {
  const cases: readonly (readonly [step: Step, line: string])[] = [
    [{ op: 'nice', nice: 5 }, 'nice 5'],
    [{ op: 'pdeathsig', sig: 15 }, 'pdeathsig SIGTERM'],
    [{ op: 'nice', nice: -20 }, 'nice -20'],
    [{ op: 'rlimit', resource: 7, soft: 1024n, hard: 4096n }, 'rlimit nofile 1024 4096'],
    [{ op: 'rlimit', resource: 9, soft: 100n, hard: null }, 'rlimit as soft 100'],
    [{ op: 'rlimit', resource: 4, soft: null, hard: 0n }, 'rlimit core hard 0'],
    [{ op: 'rlimit', resource: 4, soft: 0n, hard: ALL }, 'rlimit core 0 infinity'],
    [{ op: 'rlimit', resource: 0, soft: ALL, hard: null }, 'rlimit cpu soft infinity'],
    [{ op: 'rlimit', resource: 0, soft: null, hard: null }, 'rlimit cpu unchanged'],
    [{ op: 'rlimit', resource: 15, soft: ALL - 1n, hard: ALL }, `rlimit rttime ${ALL - 1n} infinity`],
    [{ op: 'rlimit', resource: 16, soft: 1n, hard: 2n }, 'rlimit 16 1 2'],
    [
      { op: 'capability-ambient', capabilitySet: (1n << 10n) | 1n },
      'capability-ambient chown net_bind_service',
    ],
    [{ op: 'capability-inheritable', capabilitySet: 0n }, 'capability-inheritable none'],
    [{ op: 'capability-bounding', capabilitySet: ALL }, 'capability-bounding all'],
    [{ op: 'capability-bounding', capabilitySet: 1n << 40n }, 'capability-bounding checkpoint_restore'],
    [{ op: 'join-cgroup', path: '/a/cgroup.procs' }, 'join-cgroup "/a/cgroup.procs"'],
    [{ op: 'join-cgroup-fd', fd: 5 }, 'join-cgroup-fd 5'],
    [{ op: 'oom-score-adj', score: -1000 }, 'oom-score-adj -1000'],
    [{ op: 'coredump-filter', filter: 0x211 }, 'coredump-filter private-anonymous elf-headers 0x200'],
    [{ op: 'coredump-filter', filter: 0 }, 'coredump-filter none'],
    [{ op: 'memory-merge', wanted: 1 }, 'memory-merge on'],
    [{ op: 'memory-merge', wanted: 0 }, 'memory-merge off'],
    [{ op: 'transparent-huge-pages', allowed: 1 }, 'transparent-huge-pages on'],
    [{ op: 'transparent-huge-pages', allowed: 0 }, 'transparent-huge-pages off'],
    [{ op: 'setsid' }, 'setsid'],
    [{ op: 'closefrom', lowFd: 3 }, 'closefrom 3'],
    [{ op: 'save', fd: 3 }, 'save 3'],
    [{ op: 'setgid', gid: 4294967294 }, 'setgid 4294967294'],
    [{ op: 'chdir', path: Uint8Array.of(0x2f, 0xff) }, 'chdir "/ÿ"'],
    [{ op: 'setgroups', gids: [] }, 'setgroups to none'],
    [{ op: 'setgroups', gids: [1, 2] }, 'setgroups 1 2'],
    [{ op: 'setscheduler', policy: 1, priority: 7 }, 'setscheduler SCHED_FIFO, priority 7'],
    [
      { op: 'setscheduler', policy: 0x40000002, priority: 7 },
      'setscheduler SCHED_RR reset-on-fork, priority 7',
    ],
    [{ op: 'setscheduler', policy: 4711, priority: 0 }, 'setscheduler 4711, priority 0'],
    [{ op: 'affinity', cpus: [0x80000001, 0, 2] }, 'affinity 0 31 65'],
    [{ op: 'affinity', cpus: [0] }, 'affinity none'],
    [{ op: 'io-priority', priority: 0x2000 }, 'io-priority realtime 0'],
    [{ op: 'io-priority', priority: 0x4007 }, 'io-priority best-effort 7'],
    [{ op: 'io-priority', priority: 0xa003 }, 'io-priority 5 3'],
    [{ op: 'numa-policy', mode: 2, nodes: [3, 1] }, 'numa-policy bind 0 1 32'],
    [{ op: 'numa-policy', mode: 4, nodes: [] }, 'numa-policy local'],
    [{ op: 'numa-policy', mode: 9, nodes: [] }, 'numa-policy 9'],
    [{ op: 'timer-slack', nanoseconds: 2n ** 53n - 1n }, 'timer-slack 9007199254740991 ns'],
    [
      { op: 'securebits', bits: 0x80 | 0x10 | 0x400 },
      'securebits keep_caps no_cap_ambient_raise_locked 0x400',
    ],
    [{ op: 'securebits', bits: 0 }, 'securebits none'],
    [{ op: 'personality', personality: 0 }, 'personality linux64'],
    [{ op: 'personality', personality: 0x8040008 }, 'personality linux32 addr-no-randomize 3gb'],
    [{ op: 'personality', personality: 0x80000001 }, 'personality 0x80000001'],
    [{ op: 'apparmor', label: encodeLabel(APPARMOR, 'exec ü') }, 'apparmor "exec Ã¼"'],
    [{ op: 'selinux', label: encodeLabel(SELINUX, 'u:r:t') }, 'selinux "u:r:t"'],
    [{ op: 'close', fd: 4, action: 2 }, 'close 4  (file action 2)'],
  ];
  for (const [step, line] of cases)
    it(line, () => {
      const plan = printPlan({
        steps: [step, { op: 'execve', path: '/bin/true' }],
        argv: ['true'],
        env: [],
        sigdefault: 0n,
        sigignore: 0n,
        sigmask: null,
        privateMemory: false,
        shellScripts: false,
        onlyNamed: false,
        mainParent: false,
      });
      expect(plan.split('\n')[0]).to.equal(`1. ${line}`);
    });
});
