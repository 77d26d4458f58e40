import { existsSync } from 'node:fs';
import { expect } from 'chai';
import type { PosixSpawnOptions } from 'forkless';
import { explain, explainSpawn, FileActions } from 'forkless';
import { attributes } from '#lib/attributes/index.js';
import { tempPath } from '../support/temp.js';
import { forkless } from './command.js';

describe('forkless explain', () => {
  const actions = (): FileActions => new FileActions();
  const cases: readonly (readonly [
    args: readonly string[],
    argv: readonly string[],
    options: PosixSpawnOptions,
  ])[] = [
    [['/bin/ls', '-l', '--cwd'], ['/bin/ls', '-l', '--cwd'], {}],
    [['--', '/bin/ls'], ['/bin/ls'], {}],
    [['--cwd', '/tmp', '--umask', '027', '/bin/ls'], ['/bin/ls'], { cwd: '/tmp', umask: 0o27 }],
    [['--cwd=/tmp', '--cloexec-default', '/bin/ls'], ['/bin/ls'], { cwd: '/tmp', cloexecDefault: true }],
    [['--fds', '1,-,0', '/bin/ls'], ['/bin/ls'], { fds: [1, null, 0] }],
    [['--setsid', '--reset-ids', '/bin/ls'], ['/bin/ls'], { setsid: true, resetIds: true }],
    [['--pgroup', '0', '/bin/ls'], ['/bin/ls'], { pgroup: 0 }],
    [['--setsid', '--ctty', '0', '/bin/ls'], ['/bin/ls'], { setsid: true, ctty: 0 }],
    [['--noctty', '--exec-fd=20', '/bin/ls'], ['/bin/ls'], { noctty: true, execFd: 20 }],
    [['--foreground', '2', '--pgroup', '7', '/bin/ls'], ['/bin/ls'], { foreground: 2, pgroup: 7 }],
    [['--chroot', '/r', '--cwd', 'd', '/bin/ls'], ['/bin/ls'], { chroot: '/r', cwd: 'd' }],
    [
      ['--uid', '1', '--gid', '2', '--groups', '3,4', '/bin/ls'],
      ['/bin/ls'],
      { uid: 1, gid: 2, groups: [3, 4] },
    ],
    [['--groups', '', '/bin/ls'], ['/bin/ls'], { groups: [] }],
    [
      ['--sigmask', 'SIGINT,SIGTERM', '--sigdefault', 'all', '--sigignore', 'SIGHUP', '/bin/ls'],
      ['/bin/ls'],
      { sigmask: ['SIGINT', 'SIGTERM'], sigdefault: 'all', sigignore: ['SIGHUP'] },
    ],
    [
      [
        '--cgroup',
        '/a',
        '--cgroup',
        '7',
        '--oom-score-adj=-5',
        '--coredump-filter',
        'elf-headers',
        '/bin/ls',
      ],
      ['/bin/ls'],
      { cgroup: ['/a', 7], oomScoreAdj: -5, coredumpFilter: ['elf-headers'] },
    ],
    [
      ['--coredump-filter', '0x33', '--transparent-huge-pages', 'off', '--memory-merge', 'on', '/bin/ls'],
      ['/bin/ls'],
      { coredumpFilter: 0x33, transparentHugePages: false, memoryMerge: true },
    ],
    [
      ['--keyring', 'private', '--cap-bounding', '', '--cap-inheritable', 'all', '--uid', '5', '/bin/ls'],
      ['/bin/ls'],
      { keyring: 'private', capabilities: { bounding: [], inheritable: 'all' }, uid: 5 },
    ],
    [
      ['--cap-ambient', 'chown,net_bind_service', '/bin/ls'],
      ['/bin/ls'],
      { capabilities: { ambient: ['chown', 'net_bind_service'] } },
    ],
    [['--sigdefault', 'SIGPIPE', '/bin/ls'], ['/bin/ls'], { sigdefault: ['SIGPIPE'] }],
    [
      ['--sched-policy', 'SCHED_FIFO', '--sched-priority', '5', '/bin/ls'],
      ['/bin/ls'],
      { schedPolicy: 'SCHED_FIFO', schedPriority: 5 },
    ],
    [['--clear-env', '--env', 'A=b=c', '--env', 'D=', '/bin/ls'], ['/bin/ls'], { env: { A: 'b=c', D: '' } }],
    [
      [
        '--dup2',
        '5:1',
        '--open',
        '5:a:/tmp/a:b',
        '--close',
        '7',
        '--dup2',
        '1:2',
        '--chdir',
        '/',
        '--fchdir',
        '3',
        '/bin/ls',
      ],
      ['/bin/ls'],
      {
        fileActions: actions()
          .addDup2(5, 1)
          .addOpen(5, '/tmp/a:b', 'a')
          .addClose(7)
          .addDup2(1, 2)
          .addChdir('/')
          .addFchdir(3),
      },
    ],
    [
      ['--inherit', '4', '--tcsetpgrp', '0', '--closefrom', '9', '/bin/ls'],
      ['/bin/ls'],
      { fileActions: actions().addInherit(4).addTcsetpgrp(0).addClosefrom(9) },
    ],
  ];

  for (const [args, argv, options] of cases)
    it(`prints what the library would do: ${args.join(' ')}`, () => {
      const { code, out, err } = forkless(['explain', ...args]);
      expect({ code, err }).to.deep.equal({ code: 0, err: '' });
      expect(ownEnvironment(out)).to.equal(ownEnvironment(explain('/bin/ls', argv, options)));
    });

  /** Once there has been a Worker the library counts its variables. */
  function ownEnvironment(plan: string): string {
    return plan.replace(`env: ${Object.keys(process.env).length} variables`, 'env: this process’s');
  }

  for (const [args, argv, options] of [
    [['/bin/ls', '-l', '--spawn'], ['-l', '--spawn'], {}],
    [['--cwd', '/tmp', '--umask', '027', '/bin/ls'], [], { cwd: '/tmp', umask: 0o27 }],
    [['--uid', '1', '--gid', '2', '/bin/ls'], [], { uid: 1, gid: 2 }],
    [['--inherit-fds', '7,9', '--setsid', '/bin/ls'], [], { inheritFds: [7, 9], setsid: true }],
    [['--inherit-fds', 'all', '/bin/ls'], [], { inheritFds: 'all' }],
    [['--clear-env', '--env', 'A=b', '/bin/ls'], [], { env: { A: 'b' } }],
    [['--dup2', '5:1', '/bin/ls'], [], { fileActions: actions().addDup2(5, 1) }],
  ] as const)
    it(`prints what spawn of the drop-in would do: --spawn ${args.join(' ')}`, () => {
      const { code, out, err } = forkless(['explain', '--spawn', ...args]);
      expect({ code, err }).to.deep.equal({ code: 0, err: '' });
      expect(ownEnvironment(out)).to.equal(
        ownEnvironment(explainSpawn('/bin/ls', [...argv], options as object)),
      );
    });

  for (const [args, command, argv, options] of [
    [['--stdio', 'inherit', '/bin/ls', '-l'], '/bin/ls', ['-l'], { stdio: 'inherit' }],
    [['--stdio', 'ignore,pipe,5,ipc', '/bin/ls'], '/bin/ls', [], { stdio: ['ignore', 'pipe', 5, 'ipc'] }],
    [['--stdio', '7', '/bin/ls'], '/bin/ls', [], { stdio: [7] }],
    [['--detached', '--argv0', 'name', '/bin/ls'], '/bin/ls', [], { detached: true, argv0: 'name' }],
    [['--shell', 'ls', '-l', '|', 'wc'], 'ls -l | wc', [], { shell: true }],
    [['--shell', '--cwd', '/tmp', 'ls'], 'ls', [], { shell: true, cwd: '/tmp' }],
  ] as const)
    it(`knows the options of Node's spawn: --spawn ${args.join(' ')}`, () => {
      const { code, out, err } = forkless(['explain', '--spawn', ...args]);
      expect({ code, err }).to.deep.equal({ code: 0, err: '' });
      expect(ownEnvironment(out)).to.equal(
        ownEnvironment(explainSpawn(command, [...argv], options as object)),
      );
    });

  it('prints the plan of posixSpawn as data: numbers, names, null for what stays as it is', () => {
    const flags = ['--cwd', '/tmp', '--umask', '027', '--dup2', '5:1', '--closefrom', '7'];
    const more = [
      '--rlimit',
      'nofile=64:',
      '--rlimit',
      'core=unlimited',
      '--sigmask',
      'SIGINT',
      '--cap-ambient',
      'chown',
      '--cap-bounding',
      'all',
      '--clear-env',
    ];
    const { code, out, err } = forkless(['explain', '--json', ...flags, ...more, '/bin/ls', '-l', '--json']);
    expect({ code, err }).to.deep.equal({ code: 0, err: '' });
    expect(JSON.parse(out)).to.deep.equal({
      privateMemory: false,
      mainParent: false,
      signalsToDefault: [],
      signalsToIgnore: [],
      signalMask: ['SIGINT'],
      steps: [
        { op: 'umask', mask: 0o27 },
        { op: 'chdir', path: '/tmp' },
        { op: 'keep-if-open', fd: 0 },
        { op: 'keep-if-open', fd: 2 },
        { op: 'dup2', fd: 5, newFd: 1, action: 0 },
        { op: 'closefrom', lowFd: 7, action: 1 },
        { op: 'own-memory' },
        { op: 'rlimit', resource: 'nofile', soft: 64, hard: null },
        { op: 'rlimit', resource: 'core', soft: 'unlimited', hard: 'unlimited' },
        { op: 'capability-bounding', capabilitySet: 'all' },
        { op: 'capability-ambient', capabilitySet: ['chown'] },
        { op: 'capability-lower' },
        { op: 'execve', path: '/bin/ls' },
      ],
      argv: ['/bin/ls', '-l', '--json'],
      shellScripts: false,
      environmentVariables: 0,
    });
  });

  it('prints what masks and labels mean, also as data', () => {
    const flags = ['--cpu-affinity', '0-2,33', '--numa-policy', 'bind:0-1', '--io-priority', 'best-effort:3'];
    const more = [
      '--timer-slack',
      '5',
      '--personality',
      'linux32,3gb',
      '--selinux',
      'u:r:t',
      '--apparmor',
      'p',
    ];
    const { out } = forkless(['explain', '--json', ...flags, ...more, '/bin/ls']);
    const { steps } = JSON.parse(out) as { steps: { op: string }[] };
    expect(steps.filter(({ op }) => !/keep-if-open|execve/.test(op))).to.deep.equal([
      { op: 'affinity', cpus: [0, 1, 2, 33] },
      { op: 'io-priority', priority: 0x4003 },
      { op: 'numa-policy', mode: 2, nodes: [0, 1] },
      { op: 'timer-slack', nanoseconds: 5 },
      { op: 'apparmor', label: 'exec p' },
      { op: 'selinux', label: 'u:r:t' },
      { op: 'personality', personality: 0x8000008 },
    ]);
  });

  for (const [flags, line] of [
    [['--io-priority', 'idle'], 'io-priority idle 0'],
    [['--numa-policy', 'local'], 'numa-policy local'],
    [['--personality', '262144'], 'personality addr-no-randomize'],
    [['--personality', 'linux64'], 'personality linux64'],
    [['--securebits', 'noroot,noroot_locked'], 'securebits noroot noroot_locked'],
    [['--sched-reset-on-fork'], 'reset-on-fork'],
    [
      ['--sched-reset-on-fork', '--sched-policy', 'SCHED_RR', '--sched-priority', '3'],
      'setscheduler SCHED_RR reset-on-fork, priority 3',
    ],
    [['--no-new-privs'], 'no-new-privs'],
    [['--child-subreaper'], 'child-subreaper'],
  ] as const)
    it(`takes ${flags.join(' ')}`, () => {
      const { out } = forkless(['explain', ...flags, '/bin/ls']);
      const lines = out.split('\n').filter((text) => /^ *\d+\. (?!keep-if-open|execve)/.test(text));
      expect(lines.map((text) => text.replace(/^ *\d+\. /, ''))).to.deep.equal([line]);
    });

  it('takes --groups keep', () => {
    const { out } = forkless(['explain', '--cloexec-default', '--uid', '5', '--groups', 'keep', '/bin/ls']);
    expect(out).to.include('2. own-memory\n3. setuid 5\n4. execve');
  });

  for (const flags of [
    ['--cpu-affinity', '3-1'],
    ['--cpu-affinity', '0-99999'],
    ['--cpu-affinity', '1-2-3'],
    ['--cpu-affinity', 'x'],
    ['--cpu-affinity', ''],
    ['--io-priority', 'idle:x'],
    ['--io-priority', 'near'],
    ['--numa-policy', 'bind'],
    ['--numa-policy', 'local:0'],
    ['--personality', 'x'],
    ['--groups', 'all'],
  ])
    it(`refuses ${flags.join(' ')}`, () => {
      const { code, err } = forkless(['explain', ...flags, '/bin/ls']);
      expect(code).to.equal(2);
      expect(err).to.match(/^forkless: /);
    });

  it('prints the plan of spawn as data: null for a descriptor that is made later', () => {
    const { out } = forkless(['explain', '--json', '--spawn', '--stdio', 'inherit,pipe,2', '/bin/ls']);
    const { steps, signalsToDefault, ...others } = JSON.parse(out);
    expect(steps).to.deep.equal([
      { op: 'sweep', lowFd: 3, highFd: null },
      { op: 'inherit', fd: 0, slot: 0 },
      { op: 'dup2', fd: null, newFd: 1, slot: 1 },
      { op: 'inherit', fd: 2, slot: 2 },
      { op: 'set-blocking', fd: 0 },
      { op: 'set-blocking', fd: 2 },
      { op: 'close', fd: null },
      { op: 'execve', path: '/bin/ls' },
    ]);
    expect(signalsToDefault).to.include.members(['SIGHUP', 'SIGSYS']);
    expect(others).to.deep.include({ signalMask: [], argv: ['/bin/ls'], shellScripts: true });
  });

  it('says why there is no plan where spawn is not ours, which is no wrong usage', () => {
    const elsewhere = `data:text/javascript,Object.defineProperty(process, 'platform', { value: 'darwin' })`;
    const env = { NODE_OPTIONS: `--import="${elsewhere}"` };
    expect(forkless(['explain', '--spawn', '/bin/ls'], [], env)).to.deep.equal({
      code: 1,
      out: '',
      err: "forkless: spawn of forkless/child_process is the runtime's own here: it needs Linux, this is darwin\n",
    });
  });

  it('prints what posixSpawn inherits as null', () => {
    const { out } = forkless(['explain', '--json', '/bin/ls']);
    expect(JSON.parse(out)).to.include({ signalMask: null });
  });

  it('has a flag for every attribute but those that a command line cannot give', () => {
    const without = attributes.filter(({ commandLine }) => commandLine === null).map(({ name }) => name);
    expect(without).to.deep.equal(['signal', 'ptrace', 'waitForExec']);
    const { out } = forkless(['explain', '--help']);
    for (const name of ['spawn', 'json', 'stdio', 'shell', 'detached', 'argv0'])
      expect(out).to.match(new RegExp(`--${name}\\b`));
    for (const { commandLine } of attributes)
      for (const { name } of commandLine?.flags ?? []) expect(out).to.match(new RegExp(`--${name}\\b`));
  });

  it('searches a name without a slash as posixSpawnp does', () => {
    const { out } = forkless(['explain', 'some-program', '-x'], [], { PATH: '/one:/two' });
    expect(out).to.match(
      /execve "\/one\/some-program"\n.*execve "\/two\/some-program"\nargv: "some-program" "-x"\n/,
    );
  });

  it('starts nothing', () => {
    const file = tempPath('touched');
    expect(forkless(['explain', '/bin/touch', file]).code).to.equal(0);
    expect(existsSync(file)).to.equal(false);
  });
});
