import { inspect } from 'node:util';
import type { FileActions } from 'forkless';
import type { AnyAttribute } from '#lib/attributes/attribute.js';
import type { Code } from '#lib/attributes/codecs.js';
import { notDescriptors as descriptorExamples, notTexts } from '#lib/attributes/codecs.js';
import { attributes } from '#lib/attributes/index.js';
import { signal } from '#lib/attributes/signal-codecs.js';

/** What is wrong with a call: Node's code, and what the message must name. */
export type WrongCall = readonly [title: string, args: readonly unknown[], code: Code, names: string];

const TYPE = 'ERR_INVALID_ARG_TYPE';
const VALUE = 'ERR_INVALID_ARG_VALUE';
const RANGE = 'ERR_OUT_OF_RANGE';

function show(value: unknown): string {
  return inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY });
}

function hole(): unknown[] {
  const list: unknown[] = ['a', 'b'];
  delete list[0];
  return list;
}

const noText = notTexts().map(({ title, value }) => [title, value] as const);

/** What a descriptor is not: of the wrong type, and out of range. */
export const notDescriptors = descriptorExamples().map(
  ({ title, value, code }) => [title, value, code] as const,
);

const notSignals = signal.wrong().map(({ title, value, code }) => [title, value, code] as const);

/** Of `kill`, where 0 is no signal but a question, and undefined the default. */
export const notKillSignals = notSignals.filter(([, value]) => value !== 0 && value !== undefined);

const path = '/bin/true';
const argv = ['true'];

function ofOptions(options: unknown, title: string, code: Code, names: string): WrongCall {
  return [title, [path, argv, options], code, names];
}

/** Each attribute knows what it refuses. */
const ofAttributes: WrongCall[] = (attributes as readonly AnyAttribute[])
  .filter(({ doors }) => doors.posix === 'own')
  .flatMap(({ name, codec }) =>
    codec
      .wrong()
      .map(({ title, value, code, at = '', says }) =>
        ofOptions({ [name]: value }, `options.${name}: ${title}`, code, says ?? `options.${name}${at}`),
      ),
  );

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

const ofSeveral: WrongCall[] = [
  ofOptions(
    { sigignore: ['SIGHUP', 'SIGPIPE'], sigdefault: ['SIGPIPE'] },
    'one signal in sigignore and sigdefault',
    VALUE,
    'options.sigdefault',
  ),
];

/** Of the functions that start, and of `explain`. */
export const wrongStarts: readonly WrongCall[] = [
  ...ofPath,
  ...ofArgv,
  ...ofOptionsItself,
  ...ofAttributes,
  ...ofSeveral,
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
