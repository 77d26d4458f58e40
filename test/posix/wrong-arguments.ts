import { inspect } from 'node:util';
import { FileActions } from 'forkless';

/** What is wrong with a call: Node's code, and what the message must name. */
export type Code =
  | 'ERR_INVALID_ARG_TYPE'
  | 'ERR_INVALID_ARG_VALUE'
  | 'ERR_OUT_OF_RANGE'
  | 'ERR_UNKNOWN_SIGNAL'
  | 'ENOTSUP';

export type WrongCall = readonly [title: string, args: readonly unknown[], code: Code, names: string];

const TYPE = 'ERR_INVALID_ARG_TYPE';
const VALUE = 'ERR_INVALID_ARG_VALUE';
const RANGE = 'ERR_OUT_OF_RANGE';
const SIGNAL = 'ERR_UNKNOWN_SIGNAL';

function show(value: unknown): string {
  return inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY });
}

function hole(): unknown[] {
  const list: unknown[] = ['a', 'b'];
  delete list[0];
  return list;
}

const noText: readonly [string, unknown][] = [
  ['undefined', undefined],
  ['null', null],
  ['a number', 5],
  ['a BigInt', 5n],
  ['true', true],
  ['an object', {}],
  ['an array', ['/bin/true']],
  ['a symbol', Symbol('x')],
  ['a function', () => '/bin/true'],
  ['a String object', new String('/bin/true')],
  ['a URL', new URL('file:///bin/true')],
  ['other bytes than Uint8Array', new Uint16Array(3)],
  ['an ArrayBuffer', new ArrayBuffer(3)],
];

const notBoolean: readonly [string, unknown][] = [
  ['1', 1],
  ['a string', 'true'],
  ['null', null],
  ['an object', new Boolean(true)],
];

/** What a descriptor is not: of the wrong type, and out of range. */
export const notDescriptors: readonly (readonly [string, unknown, Code])[] = [
  ['a string', '1', TYPE],
  ['undefined', undefined, TYPE],
  ['true', true, TYPE],
  ['a BigInt', 1n, TYPE],
  ['a symbol', Symbol('x'), TYPE],
  ['an object with fd', { fd: 1 }, TYPE],
  ['NaN', Number.NaN, RANGE],
  ['a fraction', 1.5, RANGE],
  ['Infinity', Number.POSITIVE_INFINITY, RANGE],
  ['-1', -1, RANGE],
  ['2 ** 31', 2 ** 31, RANGE],
  ['2 ** 32', 2 ** 32, RANGE],
];

const notSignals: readonly (readonly [string, unknown, Code])[] = [
  ['an unknown name', 'SIGNOPE', SIGNAL],
  ['a name in small letters', 'sigterm', SIGNAL],
  ['a name without SIG', 'TERM', SIGNAL],
  ['an empty name', '', SIGNAL],
  ['a name that every object has', 'constructor', SIGNAL],
  ['a real-time name below the lowest', 'SIGRTMIN-1', SIGNAL],
  ['a real-time name above the highest', 'SIGRTMIN+31', SIGNAL],
  ['a real-time name that points outside', 'SIGRTMAX+1', SIGNAL],
  ['0 in a set', 0, SIGNAL],
  ['-1', -1, SIGNAL],
  ['65', 65, SIGNAL],
  ['32, which is libc’s own', 32, SIGNAL],
  ['33, which is libc’s own', 33, SIGNAL],
  ['a fraction', 1.5, SIGNAL],
  ['NaN', Number.NaN, SIGNAL],
  ['null', null, TYPE],
  ['undefined', undefined, TYPE],
  ['a BigInt', 15n, TYPE],
  ['a symbol', Symbol('SIGTERM'), TYPE],
  ['an array', ['SIGTERM'], TYPE],
  ['a signal of other systems', 'SIGINFO', 'ENOTSUP'],
];

/** Of `kill`, where 0 is no signal but a question, and undefined the default. */
export const notKillSignals = notSignals.filter(([, value]) => value !== 0 && value !== undefined);

const path = '/bin/true';
const argv = ['true'];

function ofOptions(options: unknown, title: string, code: Code, names: string): WrongCall {
  return [title, [path, argv, options], code, names];
}

function ofOption(
  name: string,
  value: unknown,
  title: string,
  code: Code,
  names = `options.${name}`,
): WrongCall {
  return ofOptions({ [name]: value }, `options.${name}: ${title}`, code, names);
}

const ofPath: WrongCall[] = [
  ...noText.map(([title, value]): WrongCall => [`path: ${title}`, [value, argv], TYPE, 'path']),
  ['path: a NUL byte', ['/bin/true\0', argv], VALUE, 'path'],
  ['path: NUL alone', ['\0', argv], VALUE, 'path'],
  ['path: bytes with NUL', [Uint8Array.of(0x61, 0, 0x62), argv], VALUE, 'path'],
  ['no argument at all', [], TYPE, 'path'],
];

const ofArgv: WrongCall[] = [
  ['argv: missing', [path], TYPE, 'argv'],
  ['argv: null', [path, null], TYPE, 'argv'],
  ['argv: a string', [path, 'true'], TYPE, 'argv'],
  ['argv: options in its place', [path, {}], TYPE, 'argv'],
  ['argv: like an array', [path, { length: 1, 0: 'true' }], TYPE, 'argv'],
  ['argv: bytes', [path, Uint8Array.of(0x61)], TYPE, 'argv'],
  ['argv: a Set', [path, new Set(argv)], TYPE, 'argv'],
  ['argv: empty', [path, []], VALUE, 'argv'],
  ['argv: a hole', [path, hole()], TYPE, 'argv[0]'],
  ['argv: nothing but holes', [path, new Array(2 ** 32 - 1)], TYPE, 'argv[0]'],
  ...noText.map(
    ([title, value]): WrongCall => [`argv[1]: ${title}`, [path, ['true', value]], TYPE, 'argv[1]'],
  ),
  ['argv[1]: a NUL byte', [path, ['true', 'a\0b']], VALUE, 'argv[1]'],
  ['argv[1]: bytes with NUL', [path, ['true', Buffer.alloc(1)]], VALUE, 'argv[1]'],
];

const ofOptionsItself: WrongCall[] = [
  ...[null, [], ['cwd'], 'cwd', 5, 5n, true, Symbol('x'), () => {}].map(
    (value): WrongCall => ofOptions(value, `options: ${show(value)}`, TYPE, 'options'),
  ),
  ...['detached', 'stdio', 'CWD', 'toString', '', 'user'].map(
    (name): WrongCall =>
      ofOptions({ [name]: undefined }, `unknown option "${name}"`, VALUE, `options.${name}`),
  ),
];

const ofEnv: WrongCall[] = [
  ...[null, 5, 'A=1', true, 5n, Symbol('x'), () => {}].map(
    (value): WrongCall => ofOption('env', value, show(value), TYPE),
  ),
  ...[1, null, true, 5n, {}, Symbol('x')].map(
    (value): WrongCall => ofOption('env', { A: value }, `{ A: ${show(value)} }`, TYPE, 'options.env.A'),
  ),
  ofOption('env', { 'A=B': 'c' }, 'a key with "="', VALUE, 'options.env'),
  ofOption('env', { A: 'b\0c' }, 'a value with NUL', VALUE, 'options.env'),
  ofOption('env', { 'A\0': 'b' }, 'a key with NUL', VALUE, 'options.env'),
  ofOption('env', ['A=1', 5], 'an array with a number', TYPE, 'options.env[1]'),
  ofOption('env', ['A=1', undefined], 'an array with undefined', TYPE, 'options.env[1]'),
  ofOption('env', hole(), 'an array with a hole', TYPE, 'options.env[0]'),
  ofOption('env', ['A=\0'], 'an array with NUL', VALUE, 'options.env[0]'),
  ofOption('env', [Uint8Array.of(0x41, 0)], 'an array with NUL in bytes', VALUE, 'options.env[0]'),
];

const ofDescriptors: WrongCall[] = [
  ...[null, 'x', 5, true, new Set([1]), { 0: 1, length: 1 }, new Int32Array(1)].map(
    (value): WrongCall => ofOption('fds', value, show(value), TYPE),
  ),
  ...notDescriptors.map(
    ([title, value, code]): WrongCall => ofOption('fds', [0, value], title, code, 'options.fds[1]'),
  ),
  ofOption('fds', hole(), 'a hole', TYPE, 'options.fds[0]'),
  ...[null, {}, [], 5, FileActions, Object.create(FileActions.prototype), { addClose() {} }].map(
    (value): WrongCall => ofOption('fileActions', value, show(value), TYPE),
  ),
];

const ofAttributes: WrongCall[] = [
  ...noText
    .filter(([, value]) => value !== undefined)
    .map(([title, value]): WrongCall => ofOption('cwd', value, title, TYPE)),
  ofOption('cwd', '/tmp\0/x', 'a NUL byte', VALUE),
  ...['setsid', 'resetIds', 'cloexecDefault'].flatMap((name) =>
    notBoolean.map(([title, value]): WrongCall => ofOption(name, value, title, TYPE)),
  ),
  ...['pgroup', 'umask', 'schedPriority'].flatMap((name): WrongCall[] => [
    ofOption(name, '1', 'a string', TYPE),
    ofOption(name, null, 'null', TYPE),
    ofOption(name, 1n, 'a BigInt', TYPE),
    ofOption(name, true, 'true', TYPE),
    ofOption(name, Number.NaN, 'NaN', RANGE),
    ofOption(name, 0.5, 'a fraction', RANGE),
    ofOption(name, -1, '-1', RANGE),
    ofOption(name, 2 ** 31, '2 ** 31', RANGE),
  ]),
  ofOption('umask', 0o1000, 'above 0o777', RANGE),
  ofOption('schedPriority', 100, '100', RANGE),
  ofOption('schedPolicy', 'FIFO', 'an unknown name', VALUE),
  ofOption('schedPolicy', '', 'an empty name', VALUE),
  ofOption('schedPolicy', null, 'null', TYPE),
  ofOption('schedPolicy', ['SCHED_FIFO'], 'an array', TYPE),
  ofOption('schedPolicy', -1, '-1', RANGE),
  ofOption('schedPolicy', 1.5, 'a fraction', RANGE),
  ofOption('schedPolicy', 2 ** 31, '2 ** 31', RANGE),
];

const ofSignalSets: WrongCall[] = [
  ...['sigmask', 'sigignore', 'sigdefault'].flatMap((name): WrongCall[] => [
    ...[null, 'SIGTERM', 15, true, new Set(['SIGTERM']), { 0: 'SIGTERM' }].map(
      (value): WrongCall => ofOption(name, value, show(value), TYPE),
    ),
    ...notSignals.map(
      ([title, value, code]): WrongCall =>
        ofOption(name, ['SIGTERM', value], title, code, code === TYPE ? `options.${name}[1]` : String(value)),
    ),
    ofOption(name, hole(), 'a hole', TYPE, `options.${name}[0]`),
  ]),
  ofOption('sigdefault', 'ALL', 'another word than all', TYPE),
  ofOption('sigmask', 'all', 'all', TYPE),
  ...['sigmask', 'sigignore'].flatMap((name): WrongCall[] => [
    ofOption(name, ['SIGKILL'], 'SIGKILL', VALUE, `options.${name}[0]`),
    ofOption(name, ['SIGTERM', 19], 'SIGSTOP by number', VALUE, `options.${name}[1]`),
  ]),
  ofOptions(
    { sigignore: ['SIGHUP', 'SIGPIPE'], sigdefault: ['SIGPIPE'] },
    'one signal in sigignore and sigdefault',
    VALUE,
    'options.sigdefault',
  ),
];

const ofAbortSignal: WrongCall[] = [
  null,
  5,
  'abort',
  true,
  {},
  () => {},
  new EventTarget(),
  new AbortController(),
].map((value): WrongCall => ofOption('signal', value, show(value), TYPE));

/** Of the functions that start, and of `explain`. */
export const wrongStarts: readonly WrongCall[] = [
  ...ofPath,
  ...ofArgv,
  ...ofOptionsItself,
  ...ofEnv,
  ...ofDescriptors,
  ...ofAttributes,
  ...ofSignalSets,
  ...ofAbortSignal,
];

/** Of the methods of FileActions. */
export const wrongActions: readonly (readonly [method: keyof FileActions, ...WrongCall])[] = [
  ...notDescriptors.flatMap(([title, value, code]): [keyof FileActions, ...WrongCall][] => [
    ['addOpen', title, [value, '/', 'r'], code, 'fd'],
    ['addDup2', title, [value, 1], code, 'fd'],
    ['addDup2', `newFd ${title}`, [1, value], code, 'newFd'],
    ['addClose', title, [value], code, 'fd'],
    ['addFchdir', title, [value], code, 'fd'],
    ['addClosefrom', title, [value], code, 'lowFd'],
    ['addInherit', title, [value], code, 'fd'],
    ['addTcsetpgrp', title, [value], code, 'fd'],
  ]),
  ...noText.flatMap(([title, value]): [keyof FileActions, ...WrongCall][] => [
    ['addOpen', `path ${title}`, [1, value, 'r'], TYPE, 'path'],
    ['addChdir', `path ${title}`, [value], TYPE, 'path'],
  ]),
  ['addOpen', 'path with NUL', [1, '/\0', 'r'], VALUE, 'path'],
  ['addChdir', 'path with NUL', [Uint8Array.of(0)], VALUE, 'path'],
  ['addOpen', 'flags missing', [1, '/'], TYPE, 'flags'],
  ['addOpen', 'flags null', [1, '/', null], TYPE, 'flags'],
  ['addOpen', 'flags as an array', [1, '/', ['r']], TYPE, 'flags'],
  ['addOpen', 'unknown flags', [1, '/', 'rw'], VALUE, 'flags'],
  ['addOpen', 'empty flags', [1, '/', ''], VALUE, 'flags'],
  ['addOpen', 'flags in capitals', [1, '/', 'R'], VALUE, 'flags'],
  ['addOpen', 'flags below 0', [1, '/', -1], RANGE, 'flags'],
  ['addOpen', 'flags with a fraction', [1, '/', 0.5], RANGE, 'flags'],
  ['addOpen', 'flags of 32 bits', [1, '/', 2 ** 31], RANGE, 'flags'],
  ['addOpen', 'mode as text', [1, '/', 'w', '0666'], TYPE, 'mode'],
  ['addOpen', 'mode null', [1, '/', 'w', null], TYPE, 'mode'],
  ['addOpen', 'mode above 0o7777', [1, '/', 'w', 0o10000], RANGE, 'mode'],
  ['addOpen', 'mode below 0', [1, '/', 'w', -1], RANGE, 'mode'],
  ['addOpen', 'mode NaN', [1, '/', 'w', Number.NaN], RANGE, 'mode'],
];
