import { expect } from 'chai';
import type { AnyAttribute, DoorName } from '#lib/attributes/attribute.js';
import { defaultsOf, dropInNames } from '#lib/attributes/door-defaults.js';
import { attributes } from '#lib/attributes/index.js';
import { Settings } from '#lib/attributes/settings.js';

// The first start does not load all attributes, so what it needs of them is written down once more.
describe('what a start without options takes from the attributes', () => {
  const every: readonly AnyAttribute[] = attributes;

  for (const door of ['posix', 'dropIn'] satisfies DoorName[])
    it(`are the defaults that they have at ${door}`, () => {
      const settings = new Settings([], null);
      for (const { defaults, set } of every)
        if (Object.hasOwn(defaults, door)) set?.(settings, defaults[door] as never);
      expect({ ...defaultsOf(door) }).to.deep.equal({ ...settings });
    });

  it('are the names of the options of the drop-in, in the order of the index', () => {
    const own = every.filter(({ doors }) => doors.dropIn === 'own').map(({ name }) => name);
    expect(dropInNames).to.deep.equal(own);
  });
});
