// What explain says about every attribute: the names that the caller has used, not the kernel's numbers.
import { expect } from 'chai';
import { explain, explainSpawn } from 'forkless';
import type { AnyAttribute } from '#lib/attributes/attribute.js';
import { attributes } from '#lib/attributes/index.js';

const every: readonly AnyAttribute[] = attributes;

/** Options of the call change no step; file actions can only be made by the class that the package exports. */
const shown = every.filter(({ phase, name }) => phase !== 'call' && name !== 'fileActions');

/** Names that stand for something else, which is what is printed; null: nothing is done. */
const otherwise: Readonly<Record<string, string | null>> = {
  'groups: keep': null,
  'keyring: private': 'join-keyring',
  'inheritFds: all': null,
  'sigmask: SIGRTMAX-1': 'SIGRTMIN+29',
  'sigdefault: SIGKILL': null,
};

/** Values that ask for what is done without the option as well. */
const asWithout = (value: unknown): boolean =>
  value === false ||
  value === 'keep' ||
  (typeof value === 'object' && value !== null && Object.keys(value).length === 0);

function planWith({ doors, needs }: AnyAttribute, options: object): string {
  return doors.posix === 'own'
    ? explain('/program', ['program'], { env: [], ...needs, ...options })
    : explainSpawn('/program', [], { env: {}, ...needs, ...options });
}

/** The texts in a value, with the keys that are names of the kernel's too. */
function namesIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  return Object.entries(value).flatMap(([key, each]) => [
    ...(/^(?:nofile|core|as|cpu|nproc|bounding|inheritable|ambient)$/.test(key) ? [key] : []),
    ...namesIn(each),
  ]);
}

const hasNumber = (value: unknown): boolean =>
  typeof value === 'number' ||
  (typeof value === 'object' && value !== null && Object.values(value).some(hasNumber));

describe('explain, for every attribute', () => {
  for (const attribute of shown) {
    it(`says what ${attribute.name} does by the names of its values`, () => {
      for (const value of attribute.right()) {
        const text = planWith(attribute, { [attribute.name]: value });
        for (const name of namesIn(value)) {
          const printed = otherwise[`${attribute.name}: ${name}`];
          if (printed !== null) expect(text).to.include(printed ?? name);
        }
        if (!hasNumber(value)) expect(text).to.not.match(/\b0x[\da-f]/);
      }
    });

    it(`shows that ${attribute.name} is there`, () => {
      const without = planWith(attribute, {});
      for (const value of attribute.right())
        if (!asWithout(value)) expect(planWith(attribute, { [attribute.name]: value })).to.not.equal(without);
    });
  }
});
