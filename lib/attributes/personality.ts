import type { PersonalityName } from '../plan/personalities.js';
import { personalityBits } from '../plan/personalities.js';
import { checkInteger, invalidArgType } from '../validate.js';
import { attribute } from './attribute.js';
import type { Codec } from './codecs.js';
import { wrong } from './codecs.js';
import { asList, flag } from './flags.js';
import { allBitsOf, bitsOf } from './named-bits.js';

export type { PersonalityName };

/** A name, several, or the kernel's number, 0 … 2³²−2. Source: personality(2). */
export type Personality = PersonalityName | readonly PersonalityName[] | number;

export interface PersonalityOption {
  /**
   * The whole personality: it replaces that of this process, as with setarch(8) and systemd. Exec of a set-user-ID
   * program takes away what would weaken it. EINVAL on arm64 for `'linux32'` where the processor has no 32-bit mode.
   * Default: that of the calling thread. Source: personality(2).
   */
  personality?: Personality | undefined;
}

const bits = { linux64: 0, ...personalityBits };
const one = bitsOf(bits);
const several = allBitsOf(bits);
/** The highest number of 32 bits only asks for the personality. */
const HIGHEST = 0xfffffffe;

const personalities: Codec<number> = {
  check(name, value) {
    if (typeof value === 'number') return checkInteger(name, value, 0, HIGHEST);
    if (typeof value === 'string') return one.check(name, value);
    if (!Array.isArray(value))
      throw invalidArgType(name, 'of type string or number, or an instance of Array', value);
    return several.check(name, value);
  },
  wrong: () => [
    ...one.wrong(),
    ...several.wrong().filter(({ value }) => !['x', 5].includes(value as string)),
    wrong('ERR_OUT_OF_RANGE', '-1', -1),
    wrong('ERR_OUT_OF_RANGE', 'a fraction', 1.5),
    wrong('ERR_OUT_OF_RANGE', '2 ** 32 - 1', 2 ** 32 - 1),
  ],
};

export const personality = attribute<PersonalityOption>()({
  name: 'personality',
  kind: 'attribute',
  doors: { posix: 'own', dropIn: 'own' },
  codec: personalities,
  right: () => ['linux32', ['addr-no-randomize', '3gb'], [], 0, 2 ** 32 - 2],
  phase: 'promise',
  memory: 'shared',
  key: (personality) => `${personality}`,
  steps: (personality) => [{ op: 'personality', personality }],
  trial: () => ({ personality: 'linux64' }),
  documentation: {
    errors: 'EINVAL of `personality`',
    shape: "name, array of names, or the kernel's number",
    default: { posix: "the calling thread's" },
    meaning:
      "The whole personality, which replaces that of the parent (types `Personality`, `PersonalityName`): the names of setarch(8), such as `'linux32'` and `'addr-no-randomize'`. personality(2)",
  },
  commandLine: {
    ...flag('personality', 'LIST|N', (text) =>
      /^\d+$/.test(text) ? Number(text) : (asList(text) as PersonalityName[]),
    ),
    about: 'linux32,addr-no-randomize',
  },
  like: { systemd: 'Personality=', utilLinux: 'setarch' },
});
