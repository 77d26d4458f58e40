import { checkEach, invalidArgType } from '../validate.js';
import type { Codec, Wrong } from './codecs.js';
import { wrong } from './codecs.js';

const TYPE = 'ERR_INVALID_ARG_TYPE';

/** Each entry by the codec of the entries; an error names the wrong one. */
export function listOf<Entry>(entry: Codec<Entry>): Codec<readonly Entry[]> {
  return {
    check: (name, value) => checkEach(name, value, entry.check),
    wrong: () => [...notArrays(), ...wrongEntries(entry)],
  };
}

/** What the codec of a list takes, or the word `'all'`. */
export function orAll<Checked>(list: Codec<Checked>): Codec<Checked | 'all'> {
  return {
    check(name, value) {
      if (value === 'all') return value;
      if (!Array.isArray(value)) throw invalidArgType(name, "an instance of Array or 'all'", value);
      return list.check(name, value);
    },
    wrong: () => [wrong(TYPE, 'another word than all', 'ALL'), ...list.wrong()],
  };
}

function notArrays(): readonly Wrong[] {
  return [
    wrong(TYPE, 'null', null),
    wrong(TYPE, 'a string', 'x'),
    wrong(TYPE, 'a number', 5),
    wrong(TYPE, 'true', true),
    wrong(TYPE, 'a Set', new Set([1])),
    wrong(TYPE, 'like an array', { 0: 1, length: 1 }),
    wrong(TYPE, 'a typed array', new Int32Array(1)),
  ];
}

function wrongEntries<Entry>({ wrong: examples }: Codec<Entry>): readonly Wrong[] {
  return [
    wrong(TYPE, 'a hole', new Array(2), '[0]'),
    ...examples().map((example): Wrong => {
      const { title, value, code, at = '' } = example;
      return { ...example, title: `[${title}]`, value: [value], code, at: `[0]${at}` };
    }),
  ];
}
