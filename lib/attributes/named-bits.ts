import { checkEach, invalidArgType, invalidArgValue } from '../validate.js';
import type { Codec } from './codecs.js';
import { wrong } from './codecs.js';
import { listOf } from './list-codecs.js';

/** The bits of each name. */
export type NamedBits<Name extends string> = Readonly<Record<Name, number>>;

/** One of the names. */
export function bitsOf<Name extends string>(bits: NamedBits<Name>): Codec<number> {
  return {
    check(name, value) {
      if (typeof value !== 'string') throw invalidArgType(name, 'of type string', value);
      if (!Object.hasOwn(bits, value))
        throw invalidArgValue(name, value, `must be one of ${Object.keys(bits).join(', ')}`);
      return bits[value as Name];
    },
    wrong: () => [
      wrong('ERR_INVALID_ARG_VALUE', 'an unknown name', 'x'),
      wrong('ERR_INVALID_ARG_VALUE', 'an empty name', ''),
      wrong('ERR_INVALID_ARG_VALUE', 'a name that every object has', 'constructor'),
      wrong('ERR_INVALID_ARG_VALUE', 'a name in capitals', (Object.keys(bits)[0] ?? '').toUpperCase()),
      wrong('ERR_INVALID_ARG_TYPE', 'null', null),
      wrong('ERR_INVALID_ARG_TYPE', 'an object', {}),
    ],
  };
}

/** An array of the names: all their bits. */
export function allBitsOf<Name extends string>(bits: NamedBits<Name>): Codec<number> {
  const one = bitsOf(bits);
  return {
    check: (name, value) => checkEach(name, value, one.check).reduce((all, each) => (all | each) >>> 0, 0),
    wrong: listOf(one).wrong,
  };
}
