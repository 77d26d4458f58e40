import type { CoredumpMemory } from '../plan/coredump-memory.js';
import { coredumpBits } from '../plan/coredump-memory.js';
import { checkEach, checkInteger, invalidArgType, invalidArgValue } from '../validate.js';
import { attribute } from './attribute.js';
import type { Codec } from './codecs.js';
import { wrong } from './codecs.js';
import { flag } from './flags.js';

export type { CoredumpMemory };

export interface CoredumpFilterOption {
  /**
   * What memory a core dump of the program has: an array of {@link CoredumpMemory}, or the mask of core(5). Default: this
   * process's own.
   */
  coredumpFilter?: readonly CoredumpMemory[] | number | undefined;
}

const kinds = Object.keys(coredumpBits);
const HIGHEST = 2 ** kinds.length - 1;

const filter: Codec<number> = {
  check(name, value) {
    if (typeof value === 'number') return checkInteger(name, value, 0, HIGHEST);
    if (!Array.isArray(value)) throw invalidArgType(name, 'an instance of Array or of type number', value);
    return checkEach(name, value, checkKind).reduce((mask, bit) => mask | bit, 0);
  },
  wrong: () => [
    ...[null, 'elf-headers', true, {}].map((value) =>
      wrong('ERR_INVALID_ARG_TYPE', `${JSON.stringify(value)}`, value),
    ),
    wrong('ERR_OUT_OF_RANGE', '-1', -1),
    wrong('ERR_OUT_OF_RANGE', 'a fraction', 0.5),
    wrong('ERR_OUT_OF_RANGE', 'a bit that does not exist', 512),
    wrong('ERR_INVALID_ARG_TYPE', 'a bit in an array', [1], '[0]'),
    wrong('ERR_INVALID_ARG_VALUE', 'an unknown name', ['elf-headers', 'all'], '[1]'),
  ],
};

function checkKind(name: string, value: unknown): number {
  if (typeof value !== 'string') throw invalidArgType(name, 'of type string', value);
  if (!kinds.includes(value)) throw invalidArgValue(name, value, `must be one of ${kinds.join(', ')}`);
  return coredumpBits[value as CoredumpMemory];
}

export const coredumpFilter = attribute<CoredumpFilterOption>()({
  name: 'coredumpFilter',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  codec: filter,
  right: () => [0, 0x1ff, [], ['private-anonymous', 'elf-headers']],
  phase: 'placement',
  memory: 'own',
  key: (mask) => `${mask}`,
  steps: (mask) => [{ op: 'coredump-filter', filter: mask }],
  trial: () => ({ coredumpFilter: ['private-anonymous'] }),
  documentation: {
    errors: 'ENOENT of `coredump-filter`',
    kernel: 'with core dumps',
    shape: 'array of names, or the mask of core(5)',
    default: { posix: "the parent's" },
    meaning: `What memory a core dump has (type \`CoredumpMemory\`): ${kinds.map((kind) => `\`'${kind}'\``).join(', ')}`,
  },
  commandLine: flag('coredump-filter', 'LIST|MASK', (text) =>
    /^(0x)?\d[\da-f]*$/i.test(text)
      ? Number(text)
      : (text.split(',').filter((name) => name !== '') as CoredumpMemory[]),
  ),
  like: { systemd: 'CoredumpFilter=' },
});
