// Fields of every kind, of which the real list of steps has few so far: the generator, the encoder and the validator,
// made anew for a list of their own.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import type { EncodedPlan } from '#lib/plan/encode.js';
import { at } from '../support/paths.js';

const folder = at(`build/test/kinds-${process.pid}`);
const inFolder = (...parts: string[]): string => path.join(folder, ...parts);
const definition = at('test/native/kinds/steps.def');

const ALL = (1n << 64n) - 1n;
const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, n) => 255 - n);
const hex = (length: number): string => Buffer.from(bytes(length)).toString('hex');

type Steps = readonly Readonly<Record<string, unknown>>[];
type Printed = Readonly<Record<string, unknown>>;

const nothing = { fd: 0, arg: 0, arg2: 0, numbers: [], lists: [], blobs: [], strings: [] };

/** The numbers of the operations are those of test/native/kinds/steps.def. */
const cases: readonly (readonly [step: Steps[number], printed: Printed])[] = [
  [{ op: 'nothing' }, { op: 0 }],
  [
    { op: 'places', fd: 9, one: -7, two: 0xfffffffe },
    { op: 3, fd: 9, arg: -7, arg2: 0xfffffffe },
  ],
  [
    { op: 'range', low: 20, high: 0x7fffffff, two: 1 },
    { op: 4, fd: 20, arg: 0x7fffffff, arg2: 1 },
  ],
  [
    { op: 'numbers', a: 0n, b: ALL, c: null, d: 1n << 32n },
    { op: 5, arg2: 2, numbers: ['0', `${ALL}`, '0', `${1n << 32n}`] },
  ],
  [
    { op: 'numbers', a: 1n, b: 2n, c: 0n, d: null },
    { op: 5, arg2: 1, numbers: ['1', '2', '0', '0'] },
  ],
  [
    { op: 'lists', first: [], second: [1, 0xffffffff] },
    { op: 6, lists: [[], [1, 0xffffffff]] },
  ],
  [
    { op: 'lists', first: [1, 2, 3], second: [] },
    { op: 6, lists: [[1, 2, 3], []] },
  ],
  ...[0, 1, 2, 3, 4, 5, 8].map(
    (length) =>
      [
        { op: 'blobs', first: bytes(length), second: bytes(length ^ 1) },
        { op: 7, blobs: [hex(length), hex(length ^ 1)] },
      ] as const,
  ),
  [
    { op: 'strings', target: '/t', source: '', type: Buffer.from('tmpfs'), data: 'size=1k' },
    { op: 8, strings: ['/t', '', 'tmpfs', 'size=1k'] },
  ],
  [
    { op: 'mount', flags: 1n << 40n, target: '/m', type: '' },
    { op: 9, numbers: [`${1n << 40n}`], strings: ['/m', ''] },
  ],
  [
    { op: 'all', fd: 3, newFd: 9, a: 1n, b: null, list: [7], blob: bytes(5), text: 'end' },
    { op: 10, fd: 3, arg: 9, numbers: ['1', '0'], lists: [[7]], blobs: [hex(5)], strings: ['end'] },
  ],
];

describe('steps with data of every kind', function () {
  this.timeout(120_000);

  let encode: (plan: object) => EncodedPlan;
  let sanitized = true;

  before(async () => {
    mkdirSync(inFolder('lib/plan'), { recursive: true });
    compileValidator();
    compileEncoder();
    ({ encode } = await import(pathToFileURL(inFolder('dist/plan/encode.js')).href));
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it('are read by the validator as the encoder has written them, wherever they begin', () => {
    for (const name of ['', '1', '12', '123', '1234', '12345', '123456', '1234567']) {
      const between = cases.flatMap(([step]) => [step, { op: 'mount', flags: 2n, target: name, type: name }]);
      const printed = JSON.parse(
        run('print', planOf([{ op: 'save', fd: 1 }, { op: 'restore', newFd: 5 }, ...between])),
      ) as Printed[];
      expect(printed.slice(0, 2)).to.deep.equal([
        { ...nothing, op: 1, fd: 1 },
        { ...nothing, op: 2, arg: 5 },
      ]);
      const found = printed.slice(2, -1).filter((_, index) => index % 2 === 0);
      expect(found).to.deep.equal(cases.map(([, fields]) => ({ ...nothing, ...fields })));
    }
  });

  it('are refused or within bounds, whatever is changed in them', () => {
    if (!sanitized) console.error('      SKIPPED in part: the sanitizers of the C compiler are missing');
    for (const [index, [step]] of cases.entries()) {
      // The data end at another place before a multiple of 8 each time, and next to nothing follows them.
      const plan = planOf([step], { path: 'p'.repeat(index % 8), argv: [''], env: [] });
      const [words = 0, single = 0] = run('hostile', plan).split(' ').map(Number);
      expect(words, JSON.stringify(step['op'])).to.be.above(plan.length);
      expect(single, JSON.stringify(step['op'])).to.be.above(plan.length);
    }
  });

  it('are refused where what fills a blob up to a whole word is not 0', () => {
    const plan = planOf([{ op: 'blobs', first: bytes(5), second: bytes(4) }]);
    const end = plan.indexOf(Buffer.from(bytes(5))) + 5;
    for (const fill of [end, end + 1, end + 2]) {
      const changed = Buffer.from(plan);
      changed[fill] = 1;
      expect(() => run('print', changed)).to.throw('the plan is refused');
    }
  });

  it('make a module of TypeScript that is the one in lib/, for the real list', () => {
    execFileSync(process.execPath, [at('scripts/generate-steps.mjs'), '--check']);
    const stale = [at('scripts/generate-steps.mjs'), '--check', `--from=${definition}`];
    expect(() => execFileSync(process.execPath, stale, { stdio: 'pipe' })).to.throw('npm run generate');
  });

  const wrong: readonly (readonly [what: string, fields: string, message: string])[] = [
    ['of a kind that is none', 'NUMBER(n)', 'there is no kind of field NUMBER'],
    ['in another order than that of the wire', 'PATH(path) U64(n)', 'not in the order of the wire'],
    ['in the same place', 'SOURCE(fd) TARGET(other)', 'two fields in fd'],
    ['where two say what arg2 is', 'ARG2(n) MAYBE_U64(m)', 'arg2'],
    ['that end a range without a beginning', 'HIGH(n)', 'HIGH without LOW'],
    ['that are not there, unsaid', '', 'NONE'],
  ];
  for (const [what, fields, message] of wrong)
    it(`make none of fields ${what}`, () => {
      const from = inFolder('wrong.def');
      writeFileSync(from, `STEP(ONE, "one", "none", ${fields}, 0)\n`);
      const args = [at('scripts/generate-steps.mjs'), `--from=${from}`, `--to=${inFolder('wrong.ts')}`];
      expect(() => execFileSync(process.execPath, args, { stdio: 'pipe' })).to.throw(message);
    });

  function planOf(steps: Steps, { path: file = '/bin/true', argv = ['true'], env = ['A=1'] } = {}): Buffer {
    const plan = {
      steps: [...steps, { op: 'execve', path: file }],
      argv,
      env,
      sigdefault: 0n,
      sigignore: 0n,
      sigmask: null,
      privateMemory: false,
      shellScripts: false,
      onlyNamed: false,
      mainParent: false,
    };
    const { bytes: block, size } = encode(plan);
    return Buffer.from(block.subarray(0, size));
  }

  function run(mode: string, input: Buffer): string {
    return execFileSync(inFolder('kinds'), [mode], { input, encoding: 'utf8', stdio: 'pipe' });
  }

  function compileValidator(): void {
    for (const name of ['plan.c', 'plan.h', 'fields.h'])
      cpSync(at(`csrc/core/${name}`), inFolder('csrc/core', name));
    cpSync(definition, inFolder('csrc/core/steps.def'));
    cpSync(at('test/native/kinds/kinds.c'), inFolder('test/native/kinds/kinds.c'));
    const sources = [inFolder('csrc/core/plan.c'), inFolder('test/native/kinds/kinds.c')];
    const args = [
      '-std=c11',
      '-O1',
      '-g',
      '-Wall',
      '-Wextra',
      '-Wconversion',
      '-o',
      inFolder('kinds'),
      ...sources,
    ];
    const checked = spawnSync('cc', ['-fsanitize=address,undefined', '-fno-sanitize-recover=all', ...args]);
    sanitized = checked.status === 0;
    if (!sanitized) execFileSync('cc', args);
  }

  function compileEncoder(): void {
    for (const name of [
      'builtin.ts',
      'own.ts',
      'validate.ts',
      'bytes.ts',
      'plan/vocabulary.ts',
      'plan/encode.ts',
      'plan/stand-ins.ts',
    ])
      cpSync(at(`lib/${name}`), inFolder('lib', name));
    const generate = [at('scripts/generate-steps.mjs'), `--from=${definition}`];
    execFileSync(process.execPath, [...generate, `--to=${inFolder('lib/plan/steps.ts')}`]);
    writeFileSync(inFolder('package.json'), '{ "type": "commonjs" }');
    writeFileSync(
      inFolder('tsconfig.json'),
      JSON.stringify({
        extends: at('tsconfig.json'),
        compilerOptions: { rootDir: 'lib', outDir: 'dist', declaration: false, declarationDir: null },
        include: ['lib'],
      }),
    );
    const tsc = [at('node_modules/typescript/bin/tsc'), '--project', inFolder('tsconfig.json')];
    execFileSync(process.execPath, tsc, { stdio: 'pipe' });
  }
});
