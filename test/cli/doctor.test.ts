import { cpSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { features } from 'forkless';
import { limitOf, printLimits } from '#lib/cli/limits.js';
import { seccompRun } from '../support/launchers.js';
import { at, helper } from '../support/paths.js';
import { tempPath } from '../support/temp.js';
import { forkless, unwrapped, version } from './command.js';

const OK = 'OK: posixSpawn and forkless/child_process start processes by the engine here.';
const permission = ['--permission', '--experimental-permission'].find((flag) =>
  process.allowedNodeEnvironmentFlags.has(flag),
);
const elsewhere = `data:text/javascript,Object.defineProperty(process, 'platform', { value: 'darwin' })`;

function copyOf(...parts: readonly string[]): string {
  const root = tempPath('copy');
  for (const part of parts) cpSync(at(part), `${root}/${part}`, { recursive: true });
  return root;
}

interface Situation {
  readonly title: string;
  readonly launcher?: () => readonly string[];
  readonly env?: () => NodeJS.ProcessEnv;
  readonly program?: () => string;
  /** The exit status. Default: 0. */
  readonly code?: number;
  /** What the output, with its lines joined, has. */
  readonly says: readonly RegExp[];
  readonly json: object;
}

const REPLACES = fileURLToPath(new URL('./programs/replaces.cjs', import.meta.url));
const noHooks = { exec: null, preloaded: [], registered: false, replaced: [], copied: [] };

const situations: readonly Situation[] = [
  {
    title: 'a slow rung is forced',
    env: () => ({ FORKLESS_RUNG: '3', FORKLESS_FLAT: 'never' }),
    says: [
      /^WARNING: starts are slower than they could be: FORKLESS_RUNG=3 forces rung 3 \(.*waits for exec\)\n\n/,
      /^posixSpawn +works, on rung 3, which FORKLESS_RUNG forces$/m,
      /^drop-in +works: /m,
      /^flat +left out, as FORKLESS_FLAT says$/m,
    ],
    json: { startsOn: 3, forcedRung: 3 },
  },
  {
    title: 'the best rung is forced, which changes nothing',
    env: () => ({ FORKLESS_RUNG: '1' }),
    says: [new RegExp(`^${OK}\n\n`), /^posixSpawn +works, on rung 1, which FORKLESS_RUNG forces$/m],
    json: { startsOn: 1, forcedRung: 1 },
  },
  {
    title: 'a rung is forced that is refused',
    launcher: () => seccompRun('clone3=ENOSYS'),
    env: () => ({ FORKLESS_RUNG: '1' }),
    code: 1,
    says: [
      /^ERROR: FORKLESS_RUNG=1 is set, but rung 1 does not work here: ENOSYS.*\n\n/,
      /^posixSpawn +does not work on rung 1, which FORKLESS_RUNG forces$/m,
      /^drop-in +does not work: /m,
    ],
    json: { startsOn: null, forcedRung: 1 },
  },
  {
    title: 'the value of FORKLESS_RUNG is none',
    env: () => ({ FORKLESS_RUNG: '9' }),
    code: 1,
    says: [/^ERROR: forkless cannot start processes here: .*FORKLESS_RUNG.*must be 1, 2, 3 or 4/],
    json: { startsOn: null, rungs: [] },
  },
  {
    title: 'the best rung is refused, and the next is as good',
    launcher: () => seccompRun('clone3=ENOSYS'),
    says: [
      new RegExp(`^${OK}\n\n`),
      /^posixSpawn +works, on rung 2, because better ones are refused: ENOSYS/m,
      /^rung 1 +does not work: ENOSYS.*\n^rung 2 +works/m,
      /^flat +not here/m,
      /^seccomp +a filter/m,
    ],
    json: { startsOn: 2, forcedRung: null },
  },
  {
    title: 'all fast rungs are refused',
    launcher: () => seccompRun('clone3=ENOSYS', 'clone-vm=EPERM'),
    says: [
      /^WARNING: starts are slow here, on rung 4 \(.*fork.*\): the faster ways are refused \(ENOSYS.*\)\n\n/,
      /^rung 3 +does not work: EPERM.*\n^rung 4 +works/m,
    ],
    json: { startsOn: 4, forcedRung: null },
  },
  {
    title: 'forkless/register is loaded',
    env: () => ({ NODE_OPTIONS: '--import=forkless/register' }),
    says: [
      new RegExp(`^${OK}\n\n`),
      /^register +loaded: node:child_process has the functions of the drop-in$/m,
      /^hooks +none found$/m,
    ],
    json: { hooks: { ...noHooks, preloaded: ['forkless/register'], registered: true } },
  },
  {
    title: 'forkless/register of another copy is loaded',
    env() {
      const binary = relative(at(''), String(features().binary));
      const register = `${copyOf('package.json', 'dist', 'node_modules/node-gyp-build', binary)}/dist/register.js`;
      return { NODE_OPTIONS: `--import=${pathToFileURL(register).href}` };
    },
    says: [
      new RegExp(`^${OK}\\n\\n`),
      /^register +loaded: /m,
      /^hooks +other code, or another copy of forkless, has replaced exec, .*spawn, spawnSync of node:child_process$/m,
    ],
    json: {},
  },
  {
    title: 'a library of LD_PRELOAD has replaced execve',
    env: () => ({ LD_PRELOAD: helper('exec-hook.so'), NODE_OPTIONS: '--require forkless/register' }),
    says: [
      /^WARNING: forkless\/child_process has Node's own functions here: .*exec-hook\.so has replaced execve .*FORKLESS_IGNORE_PRELOAD=1/,
      /^posixSpawn +works, on rung 1$/m,
      /^drop-in +does not use the engine: it has Node's own functions$/m,
      /^register +loaded, but what it put into node:child_process calls Node's own functions$/m,
      /^hooks +\S+exec-hook\.so has replaced execve or one of its family, and does not see what the engine starts$/m,
    ],
    json: {
      hooks: { ...noHooks, exec: helper('exec-hook.so'), preloaded: ['forkless/register'], registered: true },
    },
  },
  {
    title: 'a library of LD_PRELOAD has replaced execve, and is to be bypassed',
    env: () => ({ LD_PRELOAD: helper('exec-hook.so'), FORKLESS_IGNORE_PRELOAD: '1' }),
    says: [new RegExp(`^${OK}\n\n`), /^drop-in +works: /m, /^hooks +\S+exec-hook\.so has replaced execve/m],
    json: { hooks: { ...noHooks, exec: helper('exec-hook.so') } },
  },
  {
    title: 'other code has replaced functions of Node',
    env: () => ({ NODE_OPTIONS: `--require "${REPLACES}"` }),
    says: [
      /^WARNING: some starts do not reach the engine: .*spawnSync, execSync, execFileSync are Node's own\n\n/,
      /^hooks +loaded first, by flags or NODE_OPTIONS: \S+replaces\.cjs$/m,
      /^hooks +other code has replaced exec, spawn of node:child_process$/m,
    ],
    json: {
      hooks: { ...noHooks, preloaded: [REPLACES], replaced: ['exec', 'spawn'] },
    },
  },
  {
    title: 'a module loader hook has copied functions before they were replaced',
    env: () => ({
      NODE_OPTIONS: [
        at('test/register/copying-loader.mjs'),
        "data:text/javascript,import'child_process'",
        'forkless/register',
      ]
        .map((module) => `--import=${module.startsWith('/') ? pathToFileURL(module).href : module}`)
        .join(' '),
    }),
    says: [
      /^WARNING: some starts do not reach the engine: ES modules that import .*spawn/,
      /^hooks +loaded first, by flags or NODE_OPTIONS: \S+copying-loader\.mjs, data:/m,
      /^hooks +a module loader hook gives ES modules other functions of node:child_process than require: .*\bspawn\b/m,
    ],
    json: {},
  },
  {
    title: 'the permission model allows to start processes',
    env: () => ({ NODE_OPTIONS: `${permission} --allow-fs-read=* --allow-addons --allow-child-process` }),
    says: [
      /^WARNING: forkless\/child_process has Node's own functions here: only Node itself can enforce its permission model\n\n/,
      /^posixSpawn +works, on rung 1$/m,
    ],
    json: { startsOn: 1, hooks: noHooks },
  },
  {
    title: 'the permission model does not allow it',
    env: () => ({ NODE_OPTIONS: `${permission} --allow-fs-read=* --allow-addons` }),
    code: 1,
    says: [
      /^ERROR: forkless cannot start processes here: Access to this API has been restricted/,
      /^posixSpawn +does not work$/m,
      /^drop-in +does not use the engine: /m,
    ],
    json: { startsOn: null },
  },
  {
    title: 'the permission model forbids addons',
    env: () => ({ NODE_OPTIONS: `${permission} --allow-fs-read=*` }),
    code: 1,
    says: [
      /^ERROR: forkless cannot start processes here: its binary cannot be loaded: .*--allow-addons and --allow-fs-read\n\n/,
      /^engine +cannot be used$/m,
    ],
    json: { startsOn: null, rungs: [], flat: null },
  },
  {
    title: 'there is no binary',
    program: () => `${copyOf('package.json', 'dist', 'node_modules/node-gyp-build')}/dist/cli/main.js`,
    code: 1,
    says: [
      /^ERROR: forkless cannot start processes here: its binary cannot be loaded: .*; install the package again/,
      /^engine +cannot be used\n^posixSpawn +throws an error\n^drop-in +does not use the engine: /m,
    ],
    json: { startsOn: null, rungs: [], flat: null },
  },
  {
    title: 'on another system',
    env: () => ({ NODE_OPTIONS: `--import="${elsewhere}"` }),
    code: 1,
    says: [
      /^ERROR: forkless cannot start processes here: it needs Linux, this is darwin\n\n/,
      /^drop-in +does not use the engine: it has Node's own functions$/m,
    ],
    json: { startsOn: null, rungs: [], flat: null, libc: null },
  },
];

describe('forkless doctor', () => {
  it('says in its first line that all is well, then what it has found', () => {
    const { code, out, err } = forkless(['doctor'], [], { NODE_OPTIONS: undefined, LD_PRELOAD: undefined });
    expect({ code, err }).to.deep.equal({ code: 0, err: '' });
    expect(out.split('\n', 2)).to.deep.equal([OK, '']);
    for (const [label, text] of [
      ['forkless', version],
      ['runtime', `Node ${process.version}, linux ${process.arch}, kernel .*`],
      ['engine', '/.*\\.node'],
      ['posixSpawn', 'works, on rung 1'],
      ['drop-in', 'works: forkless/child_process uses the engine'],
      ['register', 'not loaded'],
      ['hooks', 'none found'],
      ['rung 1', 'works: .*'],
      ['rung 2', 'works: .*'],
      ['rung 3', 'works: .*'],
      ['rung 4', 'works: .*'],
      ['flat', 'works: .*'],
      ['files', '\\d+ .*'],
    ] as const)
      expect(unwrapped(out)).to.match(new RegExp(`^${label.padEnd(11)} ${text}$`, 'm'));
  });

  it('says the same as JSON', () => {
    const { code, out } = forkless(['doctor', '--json'], [], {
      NODE_OPTIONS: undefined,
      LD_PRELOAD: undefined,
    });
    const report = JSON.parse(out);
    expect(code).to.equal(0);
    expect(report).to.deep.include({
      verdict: { status: 'ok', problems: [] },
      version,
      startsOn: 1,
      forcedRung: null,
      hooks: { exec: null, preloaded: [], registered: false, replaced: [], copied: [] },
    });
    expect(report.rungs).to.deep.equal([1, 2, 3, 4].map((rung) => ({ rung, flat: false, error: null })));
    expect(report.flat).to.deep.equal({ rung: 1, flat: true, error: null });
    expect(report.features).to.include({ backend: 'clone', platform: 'linux', execHook: null });
    expect(report.features.childProcess).to.deep.equal({ backend: 'forkless', reason: null });
  });

  for (const { title, launcher = () => [], env = () => ({}), program, code = 0, says, json } of situations)
    it(`says what is wrong, and why: ${title}`, () => {
      const run = (...flags: string[]) =>
        forkless(['doctor', ...flags], launcher(), { NODE_OPTIONS: undefined, ...env() }, program?.());
      const { code: exit, out } = run();
      expect(exit, out).to.equal(code);
      for (const pattern of says) expect(unwrapped(out)).to.match(pattern);
      // Longer ones are a single word beside their label, such as a path.
      const tooLong = out.split('\n').filter((line) => line.length > 80 && /\S \S/.test(line.slice(12)));
      expect(tooLong).to.deep.equal([]);
      const report = JSON.parse(run('--json').out);
      expect(report.verdict.status).to.equal(/^(OK|WARNING|ERROR)/.exec(out)?.[0].toLowerCase());
      expect(report).to.deep.include(json);
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
      ['files', '777 (at most unlimited)'],
      ['pid_max', '32768'],
      ['pids.max', 'unlimited'],
      ['seccomp', 'none'],
    ]);
    expect(printLimits({ seccomp: 'filter' })).to.deep.equal([
      ['seccomp', 'a filter, which may refuse system calls'],
    ]);
    expect(printLimits({})).to.deep.equal([]);
  });
});
