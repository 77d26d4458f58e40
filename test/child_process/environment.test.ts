import { expect } from 'chai';
import { childReport } from './child-report.js';
import { emits, ends, outcomeOf, throws } from './event-log.js';
import { same, sameProgram, sameScript } from './oracle.js';

describe('the environment of a child', () => {
  const envs: readonly [string, () => object, readonly string[]][] = [
    ['is what was given, in its order', () => ({ B: '1', A: '2', C: '3' }), ['B=1', 'A=2', 'C=3']],
    ['may be empty', () => ({}), []],
    [
      'has integer keys first, as the object has',
      () => ({ B: '1', 2: 'two', 1: 'one' }),
      ['1=one', '2=two', 'B=1'],
    ],
    ['leaves out what is undefined', () => ({ A: undefined, B: '1' }), ['B=1']],
    [
      'makes text of everything',
      () => ({ A: 1, B: true, C: null, D: 2n, E: [1, 2], F: {} }),
      [...['A=1', 'B=true', 'C=null', 'D=2', 'E=1,2', 'F=[object Object]']],
    ],
    [
      'takes values of a prototype',
      () => Object.create({ P: 'inherited' }, own({ O: 'own' })),
      [...['O=own', 'P=inherited']],
    ],
    ['may have no prototype', () => Object.assign(Object.create(null), { A: '1' }), ['A=1']],
    [
      'leaves out symbols and what cannot be enumerated',
      () => Object.defineProperty({ A: '1', [Symbol('B')]: '2' }, 'C', { value: '3' }),
      ['A=1'],
    ],
    [
      'keeps empty values and odd keys',
      () => ({ A: '', '': 'x', 'B=C': 'D', ' ': ' ', '=': '=' }),
      [...['A=', '=x', 'B=C=D', ' = ', '===']],
    ],
    [
      'keeps line ends and what is not ASCII',
      () => ({ A: 'a\nb', Ä: 'ö€' }),
      [...['A=a\nb', latin1('Ä=ö€')]],
    ],
    [
      'is read by getters',
      () => ({
        get A() {
          return 'got';
        },
      }),
      ['A=got'],
    ],
    ['may be an array', () => ['A=1', 'B=2'], ['0=A=1', '1=B=2']],
    ['may be a Map, which has nothing', () => new Map([['A', '1']]), []],
    ['may be a proxy', () => new Proxy({ A: '1' }, {}), ['A=1']],
    ['may be frozen', () => Object.freeze({ A: '1' }), ['A=1']],
    [
      'may hold two keys of one name in other cases',
      () => ({ a: '1', A: '2', path: '3' }),
      ['a=1', 'A=2', 'path=3'],
    ],
  ];
  for (const [title, env, seen] of envs)
    same(
      title,
      (cp) => childReport(cp, { env: env() }),
      (report) => expect(report.env).to.deep.equal(seen),
    );

  for (const env of [undefined, null, false, 0, ''])
    same(
      `is the parent's with ${JSON.stringify(env) ?? 'undefined'}`,
      (cp) => childReport(cp, { env }),
      ({ env: seen }) => {
        expect(seen).to.include(latin1(`PATH=${process.env['PATH']}`));
        expect(seen).to.have.length(Object.keys(process.env).length);
      },
    );
  for (const env of ['text', 5, true, Symbol('env'), () => {}])
    same(
      `given as ${String(env)} has the outcome that Node’s has`,
      (cp) => outcomeOf(() => cp.spawn('/usr/bin/env', { env })),
      (outcome) => {
        expect(outcome).to.be.an('object');
      },
    );

  for (const [what, env] of [
    ['a key', { 'A\0B': 'c' }],
    ['a value', { A: 'b\0c' }],
    ['an inherited value', Object.create({ A: '\0' })],
  ] as const)
    same(
      `throws for a NUL byte in ${what}`,
      (cp) => outcomeOf(() => cp.spawn('/bin/true', { env })),
      throws('ERR_INVALID_ARG_VALUE', /null bytes/),
    );
  // In a process of its own: Node may have made what it does not close.
  sameScript(
    'throws for a value that cannot be converted to text',
    `for (const A of [Symbol('a'), Object.create(null), { toString() { throw new RangeError('no text'); } }])
       try { cp.spawn('/bin/true', { env: { A } }); console.log('nothing'); }
       catch (error) { console.log(error.name, error.message, Object.keys(error)); }`,
    ({ stdout }) => expect(stdout).to.match(/^TypeError .*\nTypeError .*\nRangeError no text/),
  );

  same(
    'cuts the text of an object at its NUL byte',
    (cp) => childReport(cp, { env: { A: { toString: () => 'cut\0off' } } }),
    ({ env }) => expect(env).to.have.length(1),
  );

  for (const workers of ['before the first Worker', 'after it'])
    sameProgram(
      `has what process.env shows of a variable that is not UTF-8, ${workers}`,
      'environment-not-utf8',
      ({ stdout }) => expect(stdout).to.equal(' 63 61 66 ef bf bd\n'.repeat(6)),
      {
        launcher: ['/bin/sh', '-c', 'ODD=$(printf "caf\\351"); export ODD; exec "$@"', 'sh'],
        parameters: { afterWorker: workers === 'after it' },
      },
    );

  describe('and its PATH', () => {
    const paths: readonly [string, Record<string, string | undefined>, string, ReturnType<typeof ends>][] = [
      ['is that of env, not ours', { PATH: '/no/such' }, 'true', emits('ENOENT')],
      ['finds in the second directory', { PATH: '/no/such:/bin' }, 'true', ends(0, '')],
      ['that is empty is the current directory', { PATH: '' }, 'sh', ends(0, '')],
      ['that begins with a colon has the current directory', { PATH: ':/no' }, 'sh', ends(0, '')],
      ['that ends with a colon has the current directory', { PATH: '/no:' }, 'sh', ends(0, '')],
      ['with two colons has the current directory', { PATH: '/no::/no' }, 'sh', ends(0, '')],
      ['may be relative', { PATH: '../bin' }, 'sh', ends(0, '')],
      ['unset in env', { A: '1' }, 'true', ends(0, '')],
      ['undefined in env', { PATH: undefined }, 'true', ends(0, '')],
      ['skips a file in the place of a directory', { PATH: '/etc/passwd:/bin' }, 'true', ends(0, '')],
      [
        'with only a file in the place of a directory',
        { PATH: '/etc/passwd' },
        'true',
        (outcome) => expect(outcome).to.be.an('object'),
      ],
      ['with a directory of the name', { PATH: '/:/bin' }, 'bin', emits('EACCES')],
      ['with a directory of the name before the program', { PATH: '/no:/usr:/bin' }, 'true', ends(0, '')],
      ['with a name that is too long', { PATH: `/${'a'.repeat(300)}:/bin` }, 'true', throws('ENAMETOOLONG')],
      ['of one slash', { PATH: '/' }, 'true', emits('ENOENT')],
      ['does not count for a name with a slash', { PATH: '/bin' }, './true', ends(0, '')],
    ];
    for (const [title, env, file, check] of paths)
      same(title, (cp) => outcomeOf(() => cp.spawn(file, [], { env, cwd: '/bin' })), check);

    same(
      'ends at a NUL byte, where it is an object with such a text',
      async (cp) => {
        const env = { PATH: { toString: () => '/no/such:/bin\0:/no' } };
        const { status } = cp.module.spawnSync('true', [], { env: env as never });
        return [await outcomeOf(() => cp.spawn('true', [], { env })), status];
      },
      ([outcome, status]) => {
        ends(0, '')(outcome as never);
        expect(status).to.equal(0);
      },
    );

    same(
      'of an unset one in both is the default of the system',
      async (cp) => {
        const { PATH } = process.env;
        delete process.env['PATH'];
        try {
          return await Promise.all([
            outcomeOf(() => cp.spawn('true')),
            outcomeOf(() => cp.spawn('true', { env: {} })),
          ]);
        } finally {
          process.env['PATH'] = PATH;
        }
      },
      (outcomes) => outcomes.forEach(ends(0, '')),
    );
  });

  sameProgram(
    'has NODE_V8_COVERAGE once, also where env inherits another one',
    'coverage-once',
    ({ stdout }) => expect(stdout).to.equal(' NODE_V8_COVERAGE=/tmp/of-the-parent OTHER=inherited too\n'),
  );
  sameProgram('always has NODE_V8_COVERAGE, unless env has its own', 'coverage-always', ({ stdout }) =>
    expect(stdout).to.match(/^\/tmp\/of-the-parent\nown\n\n/),
  );

  sameScript(
    'is process.env as it is at the call',
    `process.env.ADDED = 'yes'; delete process.env.HOME; process.env.NUMBER = 5;
     const child = cp.spawn('/bin/sh', ['-c', 'echo $ADDED $HOME. $NUMBER $LATER.']);
     process.env.LATER = 'late';
     for await (const text of child.stdout) process.stdout.write(text);`,
    ({ stdout }) => expect(stdout).to.equal('yes . 5 .\n'),
  );

  same(
    'may be large',
    (cp) =>
      childReport(cp, {
        env: Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`K${i}`, 'v'.repeat(50)])),
      }),
    ({ env }) => expect(env).to.have.length(2000),
  );
});

function own(values: Record<string, unknown>): PropertyDescriptorMap {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, { value, enumerable: true, configurable: true }]),
  );
}

function latin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}
