// Values of attributes that other code has meddled with: each part is the value's own, and read once.
import { inspect } from 'node:util';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import type { AnyAttribute } from '#lib/attributes/attribute.js';
import { attributes } from '#lib/attributes/index.js';
import { polluted } from '../support/polluted.js';

const every: readonly AnyAttribute[] = attributes;

/** Names of parts that a value may have. */
const parts = {
  ...{ bounding: [], inheritable: [], ambient: ['kill'] },
  ...{ soft: 0, hard: 7 },
  ...{ class: 'idle', level: 1, mode: 'local', nodes: [0] },
  ...{ apparmor: 'x', selinux: 'y' },
};

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

const withParts = every.flatMap(({ name, codec, right }) =>
  (right() as readonly unknown[]).filter(isPlain).map((value) => ({ name, codec, value })),
);

describe('the parts of a value', () => {
  it('are those of several attributes', () => {
    const names = new Set(withParts.map(({ name }) => name));
    expect([...names]).to.include.members(['capabilities', 'rlimits', 'ioPriority', 'numaPolicy']);
  });

  for (const { name, codec, value } of withParts)
    it(`are its own, not those of Object.prototype: ${name} ${inspect(value)}`, () => {
      const found = inspect(codec.check(name, value));
      expect(polluted(parts, () => inspect(codec.check(name, value)))).to.equal(found);
    });

  for (const { name, codec, value } of withParts)
    it(`are read once: ${name} ${inspect(value)}`, () => {
      const reads: string[] = [];
      const recorded = (target: object, path: string): object =>
        new Proxy(target, {
          get(of, part) {
            const found = Reflect.get(of, part);
            if (typeof part === 'symbol') return found;
            if (Object.hasOwn(of, part) && part !== 'length') reads.push(`${path}.${part}`);
            return isPlain(found) ? recorded(found, `${path}.${part}`) : found;
          },
        });
      codec.check(name, recorded(value, ''));
      expect(reads).to.deep.equal([...new Set(reads)]);
      expect(reads.length).to.be.at.least(Object.keys(value).length);
    });
});

describe('bytes of another realm', () => {
  const bytes = runInNewContext('Uint8Array.of(0x2f)');
  for (const { name, codec, right } of every)
    if ((right() as readonly unknown[]).some((value) => value instanceof Uint8Array))
      it(`are taken: ${name}`, () => {
        expect(codec.check(name, bytes)).to.deep.equal(codec.check(name, Uint8Array.of(0x2f)));
      });
});
