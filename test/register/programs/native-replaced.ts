import { readParameters, say } from '../../support/in-program.js';
import { dropIn, throughUs, warningsHaveCome } from './kit.js';
import { placeOf } from './native.js';
import { calls, cp } from './observed.js';

await warningsHaveCome();
const place = placeOf('sync');
const original = place.spawn;
const wrapper = function (this: unknown, ...args: unknown[]): unknown {
  calls.push(1);
  return original.apply(this, args);
};
const replacements: Record<string, () => typeof wrapper> = {
  'a bound function': () => wrapper.bind(place),
  'a Proxy': () =>
    new Proxy(original, {
      apply(target, self, args) {
        calls.push(1);
        return Reflect.apply(target, self, args);
      },
    }),
  'an object with a text of its own': () => Object.assign(wrapper, { toString: () => String(original) }),
};
cp.spawnSync('true');
const replacement = replacements[readParameters<string>()];
if (replacement === undefined) throw new Error('no such replacement');
place.spawn = replacement();
say([await throughUs(() => cp.spawnSync('true')), calls.length, typeof dropIn().reason]);
