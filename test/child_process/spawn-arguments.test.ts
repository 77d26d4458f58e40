import { expect } from 'chai';
import { probePath } from '../support/probe.js';
import { childReport } from './child-report.js';
import { emits, ends, outcomeOf, throws } from './event-log.js';
import type { Door } from './oracle.js';
import { same } from './oracle.js';

type Call = (cp: Door) => unknown;

describe('the arguments of spawn', () => {
  describe('throw when the file is', () => {
    const files: readonly [string, unknown][] = [
      ['missing', undefined],
      ['null', null],
      ['empty', ''],
      ['a number', 5],
      ['true', true],
      ['an array', ['/bin/true']],
      ['an object', {}],
      ['a String object', new String('/bin/true')],
      ['a Buffer', Buffer.from('/bin/true')],
      ['a URL', new URL('file:///bin/true')],
      ['a symbol', Symbol('true')],
      ['with a NUL byte', '/bin/tr\0ue'],
      ['a NUL byte', '\0'],
    ];
    for (const [what, file] of files) same(what, (cp) => outcomeOf(() => cp.spawn(file)), throws());
  });

  describe('throw when args are', () => {
    const wrong: readonly [string, unknown][] = [
      ['a string', 'text'],
      ['an empty string', ''],
      ['a number', 1],
      ['true', true],
      ['false', false],
      ['a symbol', Symbol('args')],
      ['a function', () => {}],
      ['a bigint', 1n],
      ['with a NUL byte', ['a', 'b\0c']],
    ];
    for (const [what, args] of wrong)
      same(what, (cp) => outcomeOf(() => cp.spawn('/bin/true', args)), throws());
  });

  describe('throw when options are', () => {
    const wrong: readonly [string, unknown][] = [
      ['null', null],
      ['a number', 1],
      ['a string', 'text'],
      ['true', true],
      ['an array', []],
      ['a function', () => {}],
      ['a symbol', Symbol('options')],
    ];
    for (const [what, options] of wrong)
      same(what, (cp) => outcomeOf(() => cp.spawn('/bin/true', [], options)), throws('ERR_INVALID_ARG_TYPE'));
  });

  describe('are seen by the program when args are', () => {
    const good: readonly [string, () => unknown, readonly string[]][] = [
      ['numbers and other values', () => [1, true, null, undefined, 2n, {}, [3, 4]], ['1', 'true']],
      [
        'an array with holes',
        () => holes({ 1: 'a', 3: 'b', length: 4 }),
        ['undefined', 'a', 'undefined', 'b'],
      ],
      ['empty strings', () => ['', '', 'x', ''], ['', '', 'x', '']],
      ['not ASCII', () => ['äöü€😀'], ['Ã¤']],
      ['half a surrogate pair', () => ['a\ud800b'], ['a\u00ef\u00bf\u00bdb']],
      ['objects that say what they are', () => [{ toString: () => 'told' }], ['told']],
      ['an array of a class', () => new (class extends Array<string> {})('a', 'b'), ['a', 'b']],
      ['a frozen array', () => Object.freeze(['a', 'b']), ['a', 'b']],
      ['with line ends and quotes', () => ['a\nb\t"c" \'d\' $e `f` \\'], ['a\nb\t"c" \'d\' $e `f` \\']],
      ['an array that has grown in its map', () => Array.from({ length: 300 }, (_, i) => `${i}`), ['0', '1']],
    ];
    for (const [what, args, some] of good)
      same(
        what,
        (cp) => childReport(cp, {}, args() as unknown[]),
        ({ argv }) => {
          expect(argv.slice(0, 3)).to.deep.equal([probePath, 'report-to', 'REPORT']);
          for (const [index, text] of some.entries()) expect(argv[index + 3]).to.match(startOf(text));
        },
      );
  });

  const calls: readonly [string, Call, ReturnType<typeof ends>][] = [
    ['takes options in the place of args', (cp) => cp.spawn('/bin/pwd', { cwd: '/' }), ends(0, '/\n')],
    ['takes null args', (cp) => cp.spawn('/bin/pwd', null, { cwd: '/' }), ends(0, '/\n')],
    ['takes undefined args', (cp) => cp.spawn('/bin/pwd', undefined, { cwd: '/' }), ends(0, '/\n')],
    ['takes undefined options', (cp) => cp.spawn('echo', ['a'], undefined), ends(0, 'a\n')],
    [
      'takes an array-like object for options',
      (cp) => cp.spawn('echo', { 0: 'a', length: 1 }),
      ends(0, '\n'),
    ],
    [
      'ignores options beside options',
      (cp) => cp.spawn('/bin/pwd', { cwd: '/' }, { cwd: '/usr' }),
      ends(0, '/\n'),
    ],
    ['ignores a fourth argument', (cp) => cp.spawn('echo', ['a'], {}, { cwd: '/nowhere' }), ends(0, 'a\n')],
    ['takes frozen options', (cp) => cp.spawn('/bin/pwd', [], Object.freeze({ cwd: '/' })), ends(0, '/\n')],
    [
      'takes options without a prototype',
      (cp) => cp.spawn('/bin/pwd', [], Object.assign(Object.create(null), { cwd: '/' })),
      ends(0, '/\n'),
    ],
    [
      'does not take options from a prototype',
      (cp) => cp.spawn('/bin/sh', ['-c', 'echo $0'], Object.create({ argv0: 'inherited' })),
      ends(0, '/bin/sh\n'),
    ],
    [
      'reads options from getters',
      (cp) =>
        cp.spawn('/bin/pwd', [], {
          get cwd() {
            return '/';
          },
        }),
      ends(0, '/\n'),
    ],
    ['takes a Map for options', (cp) => cp.spawn('/bin/pwd', [], new Map([['cwd', '/']])), ends(0)],
    [
      'ignores options that it does not know',
      (cp) => cp.spawn('echo', ['a'], { nonsense: true, input: 'text', encoding: 'x', maxBuffer: -1 }),
      ends(0, 'a\n'),
    ],
    [
      'does not see options whose names are symbols',
      (cp) => cp.spawn('echo', ['a'], { [Symbol('cwd')]: '/nowhere' }),
      ends(0, 'a\n'),
    ],
    ['finds a program in PATH', (cp) => cp.spawn('true'), ends(0, '')],
    ['does not find a program', (cp) => cp.spawn('no-such-program'), emits('ENOENT')],
    ['does not find an empty name in a directory', (cp) => cp.spawn('/bin/'), emits('EACCES')],
  ];
  for (const [title, call, check] of calls) same(title, (cp) => outcomeOf(() => call(cp)), check);

  same(
    'are read as often as Node reads them',
    async (cp) => {
      const read: string[] = [];
      const options = new Proxy(
        { cwd: '/', stdio: 'pipe' },
        {
          get(target, name) {
            read.push(String(name));
            return Reflect.get(target, name);
          },
        },
      );
      await outcomeOf(() => cp.spawn('/bin/true', [], options));
      return read;
    },
    (read) => expect(read).to.deep.equal(['cwd', 'stdio']),
  );

  same(
    'throw what a getter throws',
    (cp) =>
      outcomeOf(() =>
        cp.spawn('/bin/true', {
          get env() {
            throw new RangeError('no env');
          },
        }),
      ),
    throws(undefined, /^no env$/),
  );

  same(
    'leave arrays and options of the caller as they were',
    async (cp) => {
      const args = ['-c', 'exit 0'];
      const stdio: unknown[] = ['ignore'];
      const env = { A: '1' };
      const options = { stdio, env, shell: false, timeout: 5000 };
      await outcomeOf(() => cp.spawn('/bin/sh', args, options));
      return { args, options };
    },
    ({ args, options }) => {
      expect(args).to.deep.equal(['-c', 'exit 0']);
      expect(Object.keys(options)).to.deep.equal(['stdio', 'env', 'shell', 'timeout']);
    },
  );

  same(
    'may be changed after the call',
    async (cp) => {
      const args = ['-c', 'echo $1 $A', 'sh', 'before'];
      const env = { A: 'before' };
      return outcomeOf(() => {
        const child = cp.spawn('/bin/sh', args, { env });
        args[3] = 'after';
        env.A = 'after';
        return child;
      });
    },
    ends(0, 'before before\n'),
  );
});

function startOf(text: string): RegExp {
  return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`);
}

function holes(items: object): unknown[] {
  return Object.assign([], items);
}
