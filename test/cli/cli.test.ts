import { spawnSync } from 'node:child_process';
import { closeSync, cpSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { PosixSpawnOptions } from 'forkless';
import { explain, explainSpawn, FileActions, features, openPipe } from 'forkless';
import { attributes } from '#lib/attributes/index.js';
import { limitOf, printLimits } from '#lib/cli/limits.js';
import { nodeOptionsWithoutDebugger } from '#lib/cli/node-flags.js';
import { seccompRun } from '../support/launchers.js';
import { at, helper } from '../support/paths.js';
import { tempPath } from '../support/temp.js';

const { version } = JSON.parse(readFileSync(at('package.json'), 'utf8')) as { version: string };
/** A terminal of the usual size. */
const SCREEN = { lines: 24, columns: 120 };

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function forkless(
  args: readonly string[],
  launcher: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Ran {
  const [file = '', ...rest] = [...launcher, process.execPath, at('dist/cli/main.js'), ...args];
  const own = { ...process.env, FORKLESS_RUNG: undefined, FORKLESS_FLAT: undefined, ...env };
  const { status, stdout, stderr } = spawnSync(file, rest, { encoding: 'utf8', env: own });
  return { code: status, out: stdout, err: stderr };
}

describe('the command forkless', () => {
  it('is the one that the package names', () => {
    const { bin } = JSON.parse(readFileSync(at('package.json'), 'utf8')) as { bin: unknown };
    expect(bin).to.deep.equal({ forkless: './dist/cli/main.js' });
    expect(readFileSync(at('dist/cli/main.js'), 'utf8')).to.match(/^#!\/usr\/bin\/env node\n/);
  });

  for (const args of [
    [],
    ['--help'],
    ['-h'],
    ['help'],
    ['help', 'explain'],
    ['explain', '--help'],
    ['doctor', '-h'],
  ])
    it(`prints a help that fits on a screen: ${args.join(' ')}`, () => {
      const { code, out, err } = forkless(args);
      expect({ code, err }).to.deep.equal({ code: 0, err: '' });
      expect(out).to.match(/^forkless/);
      const lines = out.split('\n');
      expect(lines).to.have.length.at.most(SCREEN.lines);
      expect(Math.max(...lines.map(({ length }) => length))).to.be.at.most(SCREEN.columns);
    });

  for (const args of [['--help'], ['explain', '/bin/ls'], ['doctor']])
    it(`is silent when its output is closed, and reports other write errors: ${args.join(' ')}`, () => {
      const [readEnd, unread] = openPipe();
      closeSync(readEnd);
      const full = openSync('/dev/full', 'w');
      const into = (fd: number) => {
        const program = [at('dist/cli/main.js'), ...args];
        const { status, stderr } = spawnSync(process.execPath, program, { stdio: ['ignore', fd, 'pipe'] });
        return { code: status, err: String(stderr) };
      };
      try {
        expect(into(unread)).to.deep.equal({ code: 0, err: '' });
        expect(into(full)).to.deep.equal({
          code: 1,
          err: 'forkless: ENOSPC: no space left on device, write\n',
        });
      } finally {
        for (const fd of [unread, full]) closeSync(fd);
      }
    });

  it('prints its version', () => {
    expect(forkless(['--version'])).to.deep.equal({ code: 0, out: `${version}\n`, err: '' });
  });

  for (const [args, message] of [
    [['start'], 'there is no command "start"'],
    [['constructor'], 'there is no command "constructor"'],
    [['help', 'start'], 'there is no help on "start"'],
    [['help', 'explain', 'doctor'], 'there is no help on "explain doctor"'],
    [['--version', 'x'], 'there is no command "--version"'],
    [['explain'], 'no COMMAND was given'],
    [['explain', '--cwd', '/tmp'], 'no COMMAND was given'],
    [['explain', '--no-such', '/bin/ls'], "Unknown option '--no-such'"],
    [['explain', '--umask', '9', '/bin/ls'], '--umask takes an octal number'],
    [['explain', '--umask', '7777', '/bin/ls'], 'options.umask'],
    [['explain', '--pgroup', 'x', '/bin/ls'], '--pgroup takes a number, not x'],
    [['explain', '--fds', '0,,1', '/bin/ls'], '--fds takes a number, not nothing'],
    [['explain', '--open', '1:/tmp/x', '/bin/ls'], '--open takes FD:FLAGS:PATH'],
    [['explain', '--open', '1:often:/tmp/x', '/bin/ls'], 'flags'],
    [['explain', '--dup2', '1', '/bin/ls'], '--dup2 takes FD:NEWFD'],
    [['explain', '--dup2', '1:2:3', '/bin/ls'], '--dup2 takes FD:NEWFD'],
    [['explain', '--env', '=x', '/bin/ls'], '--env takes NAME=VALUE'],
    [['explain', '--sigmask', 'SIGNOT', '/bin/ls'], 'SIGNOT'],
    [['explain', '--setsid=yes', '/bin/ls'], '--setsid'],
    [['explain', '--constructor', 'x', '/bin/ls'], "Unknown option '--constructor'"],
    [['explain', '--inherit-fds', '7', '/bin/ls'], '--inherit-fds goes with --spawn alone'],
    [['explain', '--spawn', '--fds', '0', '/bin/ls'], '--fds does not go with --spawn'],
    [['explain', '--spawn', '--inherit-fds', '2', '/bin/ls'], 'options.inheritFds[0]'],
    [['explain', '--spawn', '--uid', '3000000000', '/bin/ls'], 'options.uid'],
    [['doctor', '--often'], "Unknown option '--often'"],
    [['doctor', 'now'], 'now'],
  ] as const)
    it(`refuses what it does not understand: ${args.join(' ')}`, () => {
      const { code, out, err } = forkless(args);
      expect({ code, out }).to.deep.equal({ code: 2, out: '' });
      expect(err)
        .to.match(/^forkless: /)
        .and.to.include(message);
      expect(err).to.match(/\nTry: forkless.* --help\n$/);
    });
});

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

  it('has a flag for every attribute but those that a command line cannot give', () => {
    const without = attributes.filter(({ commandLine }) => commandLine === null).map(({ name }) => name);
    expect(without).to.deep.equal(['signal']);
    const { out } = forkless(['explain', '--help']);
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

describe('forkless doctor', () => {
  it('tries each way, and says which is used', () => {
    const { code, out, err } = forkless(['doctor']);
    expect({ code, err }).to.deep.equal({ code: 0, err: '' });
    expect(out).to.include(`forkless ${version}, Node ${process.version}, linux ${process.arch}, kernel `);
    expect(out).to.match(/^starts +on rung 1$/m);
    for (const rung of [1, 2, 3, 4]) expect(out).to.match(new RegExp(`^rung ${rung} +works`, 'm'));
    expect(out)
      .to.match(/^flat +works/m)
      .and.to.match(/^files +\d+/m);
  });

  it('says the same as JSON', () => {
    const { code, out } = forkless(['doctor', '--json']);
    const report = JSON.parse(out);
    expect(code).to.equal(0);
    expect(report).to.include({ version, startsOn: 1 });
    expect(report.rungs).to.deep.equal([1, 2, 3, 4].map((rung) => ({ rung, flat: false, error: null })));
    expect(report.flat).to.deep.equal({ rung: 1, flat: true, error: null });
    expect(report.features).to.include({ backend: 'clone', platform: 'linux', execHook: null });
    expect(report.features.childProcess).to.deep.equal({ backend: 'forkless', reason: null });
  });

  it('gives limits as data: numbers, null where there is none', () => {
    const limited = ['prlimit', '--nofile=777:777', ...seccompRun('clone3=ENOSYS')];
    const { limits } = JSON.parse(forkless(['doctor', '--json'], limited).out);
    expect(limits.files).to.deep.equal({ soft: 777, hard: 777 });
    const [, soft, hard] =
      /^Max processes +(\S+) +(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    const value = (word?: string) => (word === 'unlimited' ? null : Number(word));
    expect(limits.processes).to.deep.equal({ soft: value(soft), hard: value(hard) });
    expect(
      limitOf(
        'Max processes             5000                 unlimited            processes',
        'Max processes',
      ),
    ).to.deep.equal({ soft: 5000, hard: null });
    expect(limits.pid_max).to.equal(Number(readFileSync('/proc/sys/kernel/pid_max', 'utf8')));
    expect(limits.seccomp).to.equal('filter');
  });

  it('gives limits to people as lines, and leaves out what is not known', () => {
    const found = {
      files: { soft: 777, hard: null },
      pid_max: 32768,
      'pids.max': null,
      seccomp: 'none',
    } as const;
    expect(printLimits(found)).to.deep.equal([
      'files     777 (at most unlimited)',
      'pid_max   32768',
      'pids.max  unlimited',
      'seccomp   none',
    ]);
    expect(printLimits({ seccomp: 'filter' })).to.deep.equal([
      'seccomp   a filter, which may refuse system calls',
    ]);
    expect(printLimits({})).to.deep.equal([]);
  });

  describe('starts its trials with the flags of its own Node', () => {
    /** A package that is found only by what stands in a hook, as under Yarn's Plug'n'Play. */
    function apart(): { main: string; hook: string } {
      const root = tempPath('apart');
      const binary = relative(at(''), String(features().binary));
      for (const part of ['package.json', 'dist', binary])
        cpSync(at(part), `${root}/${part}`, { recursive: true });
      const hook = fileURLToPath(new URL('./programs/resolver.cjs', import.meta.url));
      return { main: `${root}/dist/cli/main.js`, hook };
    }

    function doctor(main: string, nodeArgs: readonly string[], options?: string) {
      const env = {
        ...process.env,
        NODE_OPTIONS: options,
        FORKLESS_RUNG: undefined,
        FORKLESS_FLAT: undefined,
      };
      const { stdout } = spawnSync(process.execPath, [...nodeArgs, main, 'doctor'], {
        encoding: 'utf8',
        env,
      });
      return stdout;
    }

    it('and of NODE_OPTIONS, without which packages may not be found', () => {
      const { main, hook } = apart();
      for (const out of [
        doctor(main, ['--require', hook]),
        doctor(main, [], `--no-warnings --require "${hook}"`),
      ])
        expect(out).to.match(
          /^rung 1 +works.*\n^rung 2 +works.*\n^rung 3 +works.*\n^rung 4 +works.*\n^flat +works/m,
        );
      expect(doctor(main, [])).to.match(/^engine +cannot be used: .*node-gyp-build/m);
    });

    for (const [flags, kept] of [
      ['--inspect-brk=0', ''],
      ['--inspect', ''],
      ['--require a.cjs --inspect-wait=9229 --no-warnings', '--require a.cjs --no-warnings'],
      ['--inspect_brk --require "a b.cjs"', '--require "a b.cjs"'],
      ['"--inspect-brk=0" --title="a \\" --inspect b"', '--title="a \\" --inspect b"'],
      ['--inspect-port 0 --no-warnings', '--no-warnings'],
      ['--debug-port=0 --inspect-publish-uid http --no-warnings', '--no-warnings'],
      ['--import=file:///inspect.mjs  --inspector-like', '--import=file:///inspect.mjs --inspector-like'],
      ['', ''],
    ] as const)
      it(`but not a debugger's, for which they would wait: ${flags}`, () => {
        expect(nodeOptionsWithoutDebugger(flags)).to.equal(kept);
      });

    it('and does not wait for a debugger', () => {
      // The doctor itself would wait: it gets the flag when it has begun.
      const hook = tempPath('as-if.cjs');
      writeFileSync(
        hook,
        `if (process.argv[1].endsWith('main.js')) {
          process.env.NODE_OPTIONS = '--inspect-brk=0';
          process.execArgv.push('--inspect-brk=0');
        }`,
      );
      const out = doctor(at('dist/cli/main.js'), ['--require', hook]);
      expect(out).to.match(/^rung 1 +works.*\n^rung 2 +works.*\n^rung 3 +works.*\n^rung 4 +works/m);
    });
  });

  it('says what the drop-in is, and why', () => {
    const preload = (env: NodeJS.ProcessEnv) =>
      forkless(['doctor'], [], {
        LD_PRELOAD: helper('exec-hook.so'),
        FORKLESS_IGNORE_PRELOAD: undefined,
        ...env,
      });
    expect(forkless(['doctor']).out).to.match(/^drop-in {3}by the engine$/m);
    const beside = preload({});
    expect(beside.code).to.equal(0);
    expect(beside.out).to.match(
      /^drop-in {3}the runtime's own functions: .*exec-hook\.so has replaced execve/m,
    );
    expect(preload({ FORKLESS_IGNORE_PRELOAD: '1' }).out).to.match(
      /^drop-in {3}by the engine; bypasses .*exec-hook\.so, which has replaced execve/m,
    );
  });

  it('says what is used in place of what is refused, and why', () => {
    const { code, out } = forkless(['doctor'], seccompRun('clone3=ENOSYS'));
    expect(code).to.equal(0);
    expect(out).to.match(/^starts +on rung 2, because better ones are refused: ENOSYS/m);
    expect(out)
      .to.match(/^rung 1 +ENOSYS.*\n^rung 2 +works/m)
      .and.to.match(/^flat +not here/m);
    expect(out).to.match(/^seccomp +a filter/m);
  });

  it('says what is forced by the environment', () => {
    const { code, out } = forkless(['doctor'], [], { FORKLESS_RUNG: '3', FORKLESS_FLAT: 'never' });
    expect(code).to.equal(0);
    expect(out).to.match(/^starts +on rung 3, which FORKLESS_RUNG forces$/m);
    expect(out).to.match(/^flat +left out, as FORKLESS_FLAT says$/m);
    const refused = forkless(['doctor'], seccompRun('clone3=ENOSYS'), { FORKLESS_RUNG: '1' });
    expect(refused.code).to.equal(1);
    expect(refused.out).to.match(/^starts +not on rung 1, which FORKLESS_RUNG forces$/m);
  });

  it('ends with 1 where nothing can be started, and says why', () => {
    const elsewhere = `data:text/javascript,Object.defineProperty(process, 'platform', { value: 'darwin' })`;
    const { code, out } = forkless(['doctor'], [], { NODE_OPTIONS: `--import="${elsewhere}"` });
    expect(code).to.equal(1);
    expect(out).to.match(/^engine +cannot be used: it needs Linux, this is darwin$/m);
    expect(out).to.match(/^starts +forkless throws; forkless\/child_process is node:child_process$/m);
  });
});
