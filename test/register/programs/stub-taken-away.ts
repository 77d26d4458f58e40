import { say } from '../../support/in-program.js';
import { dropIn } from './kit.js';
import { replaceable as cp, kept } from './observed.js';

const ours = cp['spawn'] as (...args: unknown[]) => unknown;
const reasons = [dropIn().reason];
cp['exec'] = kept.exec;
reasons.push(dropIn().reason);
cp['spawn'] = function (this: unknown, ...args: unknown[]) {
  return ours.apply(this, args);
};
reasons.push(dropIn().reason);
cp['spawn'] = ours;
reasons.push(dropIn().reason);
say(reasons);
