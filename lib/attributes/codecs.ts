import type { Bytes } from '../bytes.js';
import { checkBoolean, checkBytes, checkFd, checkInteger } from '../validate.js';

/** How the value of an option is checked, once, into the value that the rest works with. */
export interface Codec<Checked> {
  /**
   * @param name how an error names the option: `options.umask`
   * @throws TypeError or RangeError with Node's codes
   */
  readonly check: (name: string, value: unknown) => Checked;
  /** Examples of what it refuses. Made when they are asked for: by tests alone. */
  readonly wrong: () => readonly Wrong[];
}

export type Code =
  | 'ERR_INVALID_ARG_TYPE'
  | 'ERR_INVALID_ARG_VALUE'
  | 'ERR_OUT_OF_RANGE'
  | 'ERR_UNKNOWN_SIGNAL'
  | 'ENOTSUP';

/** A value that is refused. */
export interface Wrong {
  readonly title: string;
  readonly value: unknown;
  /** Of the error. */
  readonly code: Code;
  /** What is wrong within the value, `[1]`: the error names it. */
  readonly at?: string;
  /** What the message says in place of the option's name. */
  readonly says?: string;
}

const TYPE = 'ERR_INVALID_ARG_TYPE';
const VALUE = 'ERR_INVALID_ARG_VALUE';
const RANGE = 'ERR_OUT_OF_RANGE';

export function wrong(code: Code, title: string, value: unknown, at?: string): Wrong {
  return at === undefined ? { code, title, value } : { code, title, value, at };
}

export const boolean: Codec<boolean> = {
  check: checkBoolean,
  wrong: () => [
    wrong(TYPE, '1', 1),
    wrong(TYPE, 'a string', 'true'),
    wrong(TYPE, 'null', null),
    wrong(TYPE, 'a Boolean object', new Boolean(true)),
  ],
};

export function integer(lowest: number, highest: number): Codec<number> {
  return {
    check: (name, value) => checkInteger(name, value, lowest, highest),
    wrong: () => [
      ...notNumbers(),
      wrong(RANGE, 'NaN', Number.NaN),
      wrong(RANGE, 'a fraction', lowest + 0.5),
      wrong(RANGE, 'Infinity', Number.POSITIVE_INFINITY),
      wrong(RANGE, `below ${lowest}`, lowest - 1),
      wrong(RANGE, `above ${highest}`, highest + 1),
    ],
  };
}

function notNumbers(): readonly Wrong[] {
  return [
    wrong(TYPE, 'a string', '1'),
    wrong(TYPE, 'null', null),
    wrong(TYPE, 'true', true),
    wrong(TYPE, 'a BigInt', 1n),
    wrong(TYPE, 'a symbol', Symbol('x')),
    wrong(TYPE, 'an object', { fd: 1 }),
  ];
}

/** What no descriptor is. */
export function notDescriptors(): readonly Wrong[] {
  return [
    ...notNumbers().filter(({ value }) => value !== null),
    wrong(TYPE, 'undefined', undefined),
    wrong(RANGE, 'NaN', Number.NaN),
    wrong(RANGE, 'a fraction', 1.5),
    wrong(RANGE, 'Infinity', Number.POSITIVE_INFINITY),
    wrong(RANGE, '-1', -1),
    wrong(RANGE, '2 ** 31', 2 ** 31),
    wrong(RANGE, '2 ** 32', 2 ** 32),
  ];
}

/** A user or a group. The highest 32-bit number is the kernel's "no change". */
export const id = integer(0, 0xfffffffe);

/** A descriptor, or null. */
export const fdOrNull: Codec<number | null> = {
  check: (name, value) => (value === null ? null : checkFd(name, value)),
  wrong: notDescriptors,
};

export const fd: Codec<number> = {
  check: checkFd,
  wrong: () => [...notDescriptors(), wrong(TYPE, 'null', null)],
};

/** A descriptor as the value of an option, where undefined is the same as none. */
export const oneFd: Codec<number> = {
  check: checkFd,
  wrong: () => fd.wrong().filter(({ value }) => value !== undefined),
};

/** A path. */
export const bytes: Codec<Bytes> = {
  check: checkBytes,
  wrong: () => [
    ...notTexts().filter(({ value }) => value !== undefined),
    wrong(VALUE, 'a null byte', '/tmp\0/x'),
    wrong(VALUE, 'bytes with a null byte', Uint8Array.of(0x61, 0, 0x62)),
  ],
};

/** Neither a string nor bytes. */
export function notTexts(): readonly Wrong[] {
  return [
    wrong(TYPE, 'undefined', undefined),
    wrong(TYPE, 'null', null),
    wrong(TYPE, 'a number', 5),
    wrong(TYPE, 'a BigInt', 5n),
    wrong(TYPE, 'true', true),
    wrong(TYPE, 'an object', {}),
    wrong(TYPE, 'an array', ['/bin/true']),
    wrong(TYPE, 'a symbol', Symbol('x')),
    wrong(TYPE, 'a function', () => '/bin/true'),
    wrong(TYPE, 'a String object', new String('/bin/true')),
    wrong(TYPE, 'a URL', new URL('file:///bin/true')),
    wrong(TYPE, 'other bytes than Uint8Array', new Uint16Array(3)),
    wrong(TYPE, 'an ArrayBuffer', new ArrayBuffer(3)),
  ];
}
