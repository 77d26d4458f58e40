import { builtin } from '../../builtin.js';

/** As they were at load, as in Node: tests put clocks of their own in the place of the global ones. */
export const { clearTimeout, setImmediate, setTimeout } = builtin('node:timers');
