import { checkEach, checkInteger, invalidArgValue } from '../validate.js';
import type { Codec } from './codecs.js';
import { integer, wrong } from './codecs.js';
import { asList, asNumber, wrongFlag } from './flags.js';
import { listOf } from './list-codecs.js';

/** Sets of CPUs and of NUMA nodes, as masks of the kernel: words of 32 bits, the lowest number first. */

/** At least one number, 0 … `highest`, of what `things` calls them. */
export function numbers(highest: number, things: string): Codec<readonly number[]> {
  return {
    check(name, value) {
      const list = checkEach(name, value, (entry, number) => checkInteger(entry, number, 0, highest));
      if (list.length === 0) throw invalidArgValue(name, value, `must name at least one ${things}`);
      return list;
    },
    wrong: () => [
      wrong('ERR_INVALID_ARG_VALUE', 'an empty array', []),
      ...listOf(integer(0, highest)).wrong(),
    ],
  };
}

const WORD = 32;

/** @param multiple the number of words is a multiple of it */
export function toWords(list: readonly number[], multiple = 1): number[] {
  const highest = list.reduce((most, number) => Math.max(most, number), 0);
  const count = Math.ceil((Math.floor(highest / WORD) + 1) / multiple) * multiple;
  const words = Array.from({ length: count }, () => 0);
  for (const number of list) {
    const word = Math.floor(number / WORD);
    words[word] = ((words[word] ?? 0) | (1 << (number % WORD))) >>> 0;
  }
  return words;
}

/** `0-3,8`, as taskset(1) and numactl(8) take it. */
export function asRanges(text: string, flag: string): number[] {
  return asList(text).flatMap((entry) => {
    const [low = '', high = low, ...more] = entry.split('-');
    const [first, last] = [asNumber(low, flag), asNumber(high, flag)];
    // longer than any list that is right: it must not fill the memory
    if (more.length > 0 || last < first || last - first > 0xffff)
      throw wrongFlag(`${flag} takes numbers and ranges such as 0-3,8, not ${text}`);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}
