import { inspect } from 'node:util';
import { expect } from 'chai';
import type { PosixSpawnOptions } from 'forkless';
import { explain, posixSpawnSync } from 'forkless';
import type { AnyAttribute } from '#lib/attributes/attribute.js';
import { noSettings } from '#lib/attributes/door-defaults.js';
import { parseDropInOptions } from '#lib/attributes/drop-in.js';
import { attributes } from '#lib/attributes/index.js';
import { parsePosixOptions } from '#lib/attributes/parse.js';
import type { Settings } from '#lib/attributes/settings.js';
import type { StartRequest } from '#lib/child_process/node-internals/start-request.js';
import type { Slot } from '#lib/child_process/plan.js';
import { makePlan } from '#lib/child_process/plan.js';
import { printPlan } from '#lib/plan/print.js';
import { StepCache } from '#lib/plan/step-cache.js';
import type { Step } from '#lib/plan/vocabulary.js';
import { makePlan as makePosixPlan } from '#lib/posix/plan.js';
import { plannedStart } from '#lib/posix/posix-spawn.js';
import { askProbe } from '../support/probe.js';

describe('the list of steps of posixSpawn', () => {
  const stepsOf = (options: PosixSpawnOptions) =>
    makePosixPlan(['/x'], ['x'], parsePosixOptions(options, false)).steps;

  it('is cached where attributes add no step, or steps that a short text tells apart', () => {
    const cached = stepsOf({ cwd: '/steps' });
    expect(stepsOf({ cwd: '/steps' })).to.equal(cached);
    for (const options of [
      { sigmask: [] },
      { sigdefault: 'all', sigignore: ['SIGHUP'] },
      { setsid: true },
      { setsid: false, resetIds: false, cloexecDefault: false },
      { umask: 0o22, pgroup: 0, nice: 1 },
      { setsid: true, ctty: 3, chroot: '/r', execFd: 9 },
      { noctty: true, ptrace: false },
      { foreground: 1 },
      { schedPolicy: 'SCHED_BATCH', schedPriority: 0 },
      { ioPriority: { class: 'idle' }, numaPolicy: { mode: 'bind', nodes: [0] }, cpuAffinity: [0] },
      { securityLabel: { selinux: 's' }, personality: ['3gb'] },
      { uid: 1, gid: 2, groups: [3], capabilities: { ambient: ['kill'] } },
      { oomScoreAdj: 1, coredumpFilter: [], transparentHugePages: false, memoryMerge: true },
      { cgroup: ['/c', 9], keyring: 'private' },
    ] as const) {
      const given = { cwd: '/steps', ...options };
      expect(stepsOf(given), JSON.stringify(options)).to.equal(stepsOf({ ...given }));
    }
  });

  it('is not that of a start with other steps', () => {
    expect(stepsOf({ setsid: true })).to.deep.include({ op: 'setsid' });
    expect(stepsOf({ setsid: false })).to.not.deep.include({ op: 'setsid' });
    expect(stepsOf({ resetIds: true })).to.deep.include({ op: 'reset-ids' });
    expect(stepsOf({ resetIds: true })).to.not.equal(stepsOf({ resetIds: true }));
  });
});

describe('the key of a start', () => {
  /** What `right` has not, because it is much like it. */
  const more: Readonly<Record<string, readonly unknown[]>> = {
    cwd: ['/a', '/a,/b'],
    groups: [[1, 2], [12], [1], [2, 1]],
    uid: [1, 12],
    gid: [1, 12],
    cgroup: [
      '/7',
      ['/a', '8', '/b'].slice(0, 1),
      ['/a,8'],
      ['/a', '/8'],
      [8, '/a'],
      ['/a', 8],
      '/a"',
      '/a\\',
    ],
    capabilities: [
      { bounding: [] },
      { inheritable: [] },
      { ambient: [] },
      { ambient: ['kill'] },
      { bounding: 'all' },
      { bounding: 'all', ambient: 'all' },
    ],
    oomScoreAdj: [1, -1, 10],
    securityLabel: [{ apparmor: 's' }, { selinux: 's' }, { apparmor: 's","s' }],
    rlimits: [
      { core: 1 },
      { core: { soft: 1 } },
      { core: { hard: 1 } },
      { core: 1, cpu: 1 },
      { cpu: 1, core: 1 },
    ],
    cpuAffinity: [[1], [1, 2], [12]],
    numaPolicy: [
      { mode: 'bind', nodes: [1, 2] },
      { mode: 'bind', nodes: [12] },
      { mode: 'interleave', nodes: [1, 2] },
    ],
    ioPriority: [
      { class: 'best-effort', level: 0 },
      { class: 'realtime', level: 0 },
    ],
    inheritFds: [[7, 8], [78], [8, 7]],
    fds: [[1, 2], [12], [null]],
    nice: [1, 12, -1],
  };
  const every: readonly AnyAttribute[] = attributes;
  const values = (door: 'posix' | 'dropIn') =>
    every
      .filter(({ doors, phase }) => doors[door] === 'own' && phase !== 'call')
      .flatMap(({ name, needs, right }) =>
        [...right(), ...(more[name] ?? [])].map((value) => ({ ...needs, [name]: value })),
      );

  /** Each alone and each two together, where they do not exclude each other. */
  function* starts(door: 'posix' | 'dropIn'): Generator<Readonly<Record<string, unknown>>> {
    const all = values(door);
    for (const [index, one] of all.entries()) {
      yield one;
      for (const other of all.slice(index + 1)) yield { ...one, ...other };
    }
  }

  const call = { synchronous: false, stdioSlots: 3, detached: true };
  const request: StartRequest = {
    file: '/x',
    args: ['x'],
    cwd: undefined,
    envPairs: [],
    detached: true,
    uid: undefined,
    gid: undefined,
  };
  const slots: readonly Slot[] = [0, 1, 2].map((fd) => ({ fd, shared: true }));
  const doors = {
    posix: {
      settingsOf: (options: object) => parsePosixOptions({ env: [], ...options }, false),
      planOf: (settings: Settings) => makePosixPlan(['/x'], ['x'], settings),
    },
    dropIn: {
      settingsOf: (options: object) => parseDropInOptions({ __proto__: null, ...options }, call),
      planOf: (settings: Settings) => makePlan(request, slots, settings),
    },
  };

  for (const door of ['posix', 'dropIn'] as const)
    it(`has all that the steps depend on: ${door}`, () => {
      const { settingsOf, planOf } = doors[door];
      const known = new Map<string, string>();
      let withKey = 0;
      for (const options of starts(door)) {
        let settings: Settings;
        try {
          settings = settingsOf(options);
        } catch {
          continue; // they exclude each other
        }
        const { key } = settings;
        if (key === null || settings === noSettings) continue;
        withKey++;
        settings.key = null;
        const plan = planOf(settings);
        const steps = inspect([plan.steps, plan.privateMemory], { depth: null, maxArrayLength: null });
        const before = known.get(key) ?? steps;
        expect(steps, `${JSON.stringify(options)} has the key of others`).to.equal(before);
        expect(plan.privateMemory, 'the cache does not have it').to.equal(false);
        known.set(key, before);
      }
      expect(known.size).to.be.above(1000);
      expect(withKey).to.be.above(known.size);
    });
});

describe('the cache of steps', () => {
  const list = (path: string): Step[] => [{ op: 'execve', path }];

  it('makes a list once for each key, and freezes it', () => {
    const cache = new StepCache();
    const first = cache.get('one', () => list('/a'));
    expect(cache.get('one', () => list('/b'))).to.equal(first);
    expect(cache.get('two', () => list('/b'))).to.deep.equal(list('/b'));
    expect(first).to.deep.equal(list('/a')).and.to.satisfy(Object.isFrozen);
  });

  it('is bounded: neither too many lists nor too long a key', () => {
    const cache = new StepCache();
    const first = cache.get('0', () => list('/0'));
    for (let n = 1; n <= 64; n++) cache.get(`${n}`, () => list(`/${n}`));
    expect(cache.get('0', () => list('/new'))).to.not.equal(first);
    const key = 'x'.repeat(10_000);
    const long = cache.get(key, () => list('/long'));
    expect(cache.get(key, () => list('/long'))).to.not.equal(long);
  });
});

describe('starts that are alike but for one thing', () => {
  const requests: readonly (readonly [path: string, options: PosixSpawnOptions])[] = [
    ['/a', {}],
    ['/a', { cloexecDefault: true }],
    ['/a', { fds: [null] }],
    ['/a', { fds: [null, null] }],
    ['/a', { fds: [0, null] }],
    ['/a', { fds: [0] }],
    ['/a', { fds: [10] }],
    ['/a', { fds: [1, 0] }],
    ['/a', { fds: [null, 1, 0] }],
    ['/a', { fds: [1], cloexecDefault: true }],
    ['/a', { cwd: '' }],
    ['/a', { cwd: '/b' }],
    ['/b', { cwd: '/a' }],
    ['/b', {}],
    ['', {}],
    ['', { cwd: '' }],
    ['cwd /a', {}],
    ['/a', { setsid: true }],
    ['/a', { cloexecDefault: true, umask: 0 }],
    ['/a', { umask: 0 }],
    ['/a', { umask: 1 }],
    ['/a', { pgroup: 0 }],
    ['/a', { pgroup: 1 }],
    ['/a', { foreground: 0 }],
    ['/a', { foreground: 1 }],
    ['/a', { foreground: 0, pgroup: 7 }],
    ['/a', { noctty: true }],
    ['/a', { setsid: true, ctty: 0 }],
    ['/a', { setsid: true, ctty: 1 }],
    ['/a', { chroot: '/b' }],
    ['/a', { chroot: '' }],
    ['/a', { chroot: '/b', cwd: '/a' }],
    ['/a', { chroot: '/a', cwd: '/b' }],
    ['/a', { execFd: 0 }],
    ['/a', { execFd: 1 }],
    ['/a', { ptrace: true }],
    ['/a', { nice: 0 }],
    ['/a', { nice: 1 }],
    ['/a', { nice: -1 }],
    ['/a', { rlimits: { core: 0 } }],
    ['/a', { rlimits: { core: { soft: 0 } } }],
    ['/a', { rlimits: { core: { hard: 0 } } }],
    ['/a', { rlimits: { cpu: 0 } }],
    ['/a', { rlimits: { core: 0, cpu: 0 } }],
    ['/a', { schedPriority: 1 }],
    ['/a', { schedPriority: 0 }],
    ['/a', { schedPolicy: 1 }],
    ['/a', { schedPolicy: 1, schedPriority: 1 }],
    ['/a', { schedPolicy: 0, schedPriority: 1 }],
  ];

  it('get plans of their own, however often and in which order', () => {
    const plan = ([path, options]: (typeof requests)[number]) => explain(path, ['x'], options);
    const first = requests.map(plan);
    expect(new Set(first)).to.have.length(requests.length);
    expect(requests.toReversed().map(plan).reverse()).to.deep.equal(first);
  });

  it('are told apart where one enters a directory that has the name of a candidate of the other', () => {
    const before = process.env['PATH'];
    process.env['PATH'] = '/one:/two';
    try {
      for (let round = 0; round < 2; round++) {
        expect(explain('/two/tool', ['x'], { cwd: '/one/tool' })).to.include('chdir "/one/tool"');
        expect(printPlan(plannedStart('tool', ['x'])))
          .to.include('execve "/one/tool"')
          .and.to.include('execve "/two/tool"');
        expect(printPlan(plannedStart('tool', ['x'], { cwd: '/zero' })))
          .to.include('chdir "/zero"')
          .and.to.include('execve "/one/tool"');
      }
    } finally {
      process.env['PATH'] = before;
    }
  });

  it('do what they were asked for, and fail by their own steps', async () => {
    for (let round = 0; round < 3; round++) {
      expect(await numbers({ cloexecDefault: true })).to.equal('');
      expect(await numbers({ cloexecDefault: true, fds: [1, 1, 1, 1] })).to.equal('0,1,2,3');
      expect(await numbers({ cloexecDefault: true, fds: [null, 1, null, 1] })).to.equal('1,3');
      for (const [slot, fds] of [
        [0, [900, 1]],
        [1, [1, 900]],
      ] as const)
        expect(() => posixSpawnSync('/bin/true', ['true'], { fds })).to.throw(
          `EBADF: bad file descriptor, dup2 900 to ${slot}`,
        );
    }
  });

  async function numbers(options: PosixSpawnOptions): Promise<string> {
    return (await askProbe(options)).fds.map(({ fd }) => fd).join();
  }
});

describe('starts of the drop-in that are alike but for one thing', () => {
  const request: StartRequest = {
    file: '/a',
    args: ['x'],
    cwd: undefined,
    envPairs: ['PATH=/one'],
    detached: false,
    uid: undefined,
    gid: undefined,
  };
  const pipe = (fd: number): Slot => ({ fd, shared: false });
  const shared = (fd: number): Slot => ({ fd, shared: true });
  const none: Slot = { fd: null, shared: false };
  const starts: readonly (readonly [Partial<StartRequest>, ...Slot[]])[] = [
    [{}, none, none, none],
    [{}, pipe(20), none, none],
    [{}, shared(20), none, none],
    [{}, shared(2), none, none],
    [{}, pipe(20), pipe(21), none],
    [{}, pipe(20), pipe(2), pipe(1)],
    [{}, none, none, none, none],
    [{}, none, none, none, pipe(20)],
    [{ detached: true }, none, none, none],
    [{ cwd: '/a' }, none, none, none],
    [{ cwd: 'd' }, none, none, none],
    [{ cwd: 'd', detached: true }, none, none, none],
    [{ file: '/b' }, none, none, none],
    [{ file: 'a' }, none, none, none],
    [{ file: 'a', envPairs: ['PATH=/two'] }, none, none, none],
    [{ file: 'a', envPairs: ['PATH=/two'], cwd: '/one' }, none, none, none],
    [{ file: 'a', envPairs: ['PATH=/one:/two'] }, none, none, none],
    [{ file: 'a', envPairs: ['PATH='] }, none, none, none],
    [{ uid: 1 }, none, none, none],
    [{ gid: 1 }, none, none, none],
    [{ gid: 11 }, none, none, none],
    [{ uid: 1, gid: 1 }, none, none, none],
    [{ uid: 1, cwd: '1' }, none, none, none],
    [{ uid: 11 }, none, none, none],
  ];

  it('get plans of their own, however often and in which order', () => {
    const plan = ([more, ...slots]: (typeof starts)[number]) =>
      printPlan(makePlan({ ...request, ...more }, slots, noSettings));
    const first = starts.map(plan);
    expect(new Set(first)).to.have.length(starts.length);
    expect(starts.toReversed().map(plan).reverse()).to.deep.equal(first);
  });
});
